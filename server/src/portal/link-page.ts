/**
 * The page behind a connection's linkUrl: whoever holds the address may link this one connection, and nothing else. No
 * API key, no script; the platform's card says what to ask for.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getCompany } from '../companies/change-company.ts';
import { linkTokenLookup } from '../companies/change-connection.ts';
import type { Company } from '../companies/company.ts';
import type { Connection } from '../companies/connection.ts';
import { requireConnector, type CompaniesContext } from '../companies/context.ts';
import { authorizeConnection } from '../companies/link.ts';
import type { Connector, ConnectorIO, LinkField, PlatformCard } from '../connectors/contract.ts';
import { errorKind, PublicError } from '../errors.ts';
import { describeError, type Log } from '../lib/log.ts';
import { html, type Html } from './html.ts';
import { sendPage } from './page.ts';

const FORM_BYTES_MAX = 64 * 1024;
const TOKEN = /^[A-Za-z0-9_-]{16,128}$/;

const options = { config: { isPublic: true }, schema: { hide: true } };

export interface LinkPageDeps {
  readonly companies: CompaniesContext;
  readonly connectorIO: (connector: Connector) => ConnectorIO;
  readonly log: Log;
}

interface LinkRoute {
  readonly Params: { readonly token: string };
}

/** What a link page is about. */
interface Subject {
  readonly connection: Connection;
  readonly company: Company;
  readonly connector: Connector;
}

export function linkPageRoutes(app: FastifyInstance, deps: LinkPageDeps): void {
  void app.register(async (pages) => {
    readForms(pages);
    pages.setErrorHandler((error, request, reply) => sendErrorPage(deps, error, request, reply));

    pages.get<LinkRoute>('/link/:token', options, async (request, reply) => {
      const subject = await findSubject(deps, request.params.token);
      return subject.connection.status === 'Linked' ? sendLinked(reply, subject) : sendForm(reply, subject, {});
    });

    pages.post<LinkRoute>('/link/:token', options, async (request, reply) => {
      refuseForeignOrigin(request, deps.companies.publicUrl());
      const subject = await findSubject(deps, request.params.token);
      const fields = givenFields(subject.connector.platform, request.body);
      try {
        const { id: connectionId, companyId } = subject.connection;
        const io = deps.connectorIO(subject.connector);
        await authorizeConnection(deps.companies, { companyId, connectionId }, { fields, io });
      } catch (error) {
        if (!(error instanceof PublicError)) throw error;
        return sendForm(reply, subject, { fields, error });
      }
      return sendLinked(reply, subject);
    });
  });
}

async function findSubject({ companies }: LinkPageDeps, token: string): Promise<Subject> {
  const connection = TOKEN.test(token) ? await linkTokenLookup(companies, token) : undefined;
  if (connection === undefined) throw new PublicError('not_found');
  return {
    connection,
    company: await getCompany(companies, connection.companyId),
    connector: requireConnector(companies, connection.platformKey),
  };
}

function readForms(pages: FastifyInstance): void {
  pages.removeAllContentTypeParsers();
  pages.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    (_request, text, done) => done(null, new URLSearchParams(text.toString())),
  );
}

/** Only what the card asks for; an empty input is one that was not given. */
function givenFields({ linkFields }: PlatformCard, body: unknown): Record<string, string> {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  return Object.fromEntries(
    linkFields.flatMap(({ name }) => {
      const value = form.get(name)?.trim() ?? '';
      return value === '' ? [] : [[name, value]];
    }),
  );
}

/** The token in the path is the key; this keeps other sites from posting a form to a link that they came to know. */
function refuseForeignOrigin({ headers }: FastifyRequest, publicUrl: string): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site === 'same-origin') return;
    throw new PublicError('foreign_origin');
  }
  const { origin } = headers;
  if (origin === undefined || origin === new URL(publicUrl).origin) return;
  if (URL.canParse(origin) && new URL(origin).host === headers.host) return;
  throw new PublicError('foreign_origin');
}

function sendForm(
  reply: FastifyReply,
  { connector: { platform }, company }: Subject,
  { fields = {}, error }: { readonly fields?: Readonly<Record<string, string>>; readonly error?: PublicError },
): FastifyReply {
  const title = `Link ${platform.name}`;
  return sendPage(reply, {
    title,
    statusCode: error === undefined ? 200 : errorKind(error.code).statusCode,
    body: html`
      ${mark(platform)}
      <h1>Link ${platform.name} to ${company.name}</h1>
      <p>
        Once linked, the books of <strong>${company.name}</strong> in ${platform.name} can be read and written through
        this server. The link can be ended at any time.
      </p>
      ${error && html`<p class="note bad" role="alert">${error.message}</p>`}
      <form method="post" autocomplete="off">
        ${platform.linkFields.map((field) => renderField(field, fields[field.name]))}
        <button type="submit">Link ${platform.name}</button>
      </form>
    `,
  });
}

function renderField(field: LinkField, value: string | undefined): Html {
  const { name, label, description, required } = field;
  return html`<div class="field">
    <label for="${name}">${label}${required ? '' : ' (optional)'}</label>
    ${renderInput(field, value)} ${description !== '' && html`<p class="hint" id="${name}-hint">${description}</p>`}
  </div>`;
}

function renderInput({ name, required, secret, choices }: LinkField, value: string | undefined): Html {
  const mustBeGiven = required && html`required`;
  if (choices !== undefined) {
    const options = choices.map(
      (choice) =>
        html`<option value="${choice.value}" ${choice.value === value && html`selected`}>${choice.label}</option>`,
    );
    return html`<select id="${name}" name="${name}" aria-describedby="${name}-hint" ${mustBeGiven}>
      ${options}
    </select>`;
  }
  // A secret is typed again rather than sent back to the browser.
  return html`<input
    id="${name}"
    name="${name}"
    type="${secret ? 'password' : 'text'}"
    autocomplete="${secret ? 'new-password' : 'off'}"
    value="${secret ? '' : (value ?? '')}"
    aria-describedby="${name}-hint"
    ${mustBeGiven}
  />`;
}

function sendLinked(reply: FastifyReply, { connector: { platform }, company }: Subject): FastifyReply {
  return sendPage(reply, {
    title: 'Linked',
    statusCode: 200,
    body: html`
      ${mark(platform)}
      <h1>${platform.name} is linked</h1>
      <p class="note good" role="status">${company.name} and its books in ${platform.name} are now connected.</p>
      <p class="small">Nothing more is to be done here: you can close this page.</p>
    `,
  });
}

function mark({ name }: PlatformCard): Html {
  return html`<div class="mark" aria-hidden="true">${name.slice(0, 1).toUpperCase()}</div>`;
}

const MESSAGES = {
  not_found: [
    'This link does not work',
    'It may have been mistyped, or the connection was removed. Ask for a new link.',
  ],
  foreign_origin: ['This request was refused', 'It came from another site. Open the link itself and try again.'],
} as const;

function sendErrorPage(
  { log }: LinkPageDeps,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const told = toldError(error);
  if (told.internal !== undefined) {
    log.error('A link page failed', { correlationId: request.id, error: told.internal });
  }
  const [title, text] =
    told.code === 'not_found' || told.code === 'foreign_origin'
      ? MESSAGES[told.code]
      : (['Something went wrong', told.message] as const);
  return sendPage(reply, {
    title,
    statusCode: errorKind(told.code).statusCode,
    body: html`
      <h1>${title}</h1>
      <p>${text}</p>
      <p class="small">Reference: ${request.id}</p>
    `,
  });
}

/** What the framework refuses of a form, such as its size or type, is the sender's affair. */
function toldError(error: unknown): PublicError {
  if (error instanceof PublicError) return error;
  const statusCode: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  const isSendersFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return isSendersFault
    ? new PublicError('malformed_request', 'This form cannot be read')
    : new PublicError('internal', '', describeError(error));
}
