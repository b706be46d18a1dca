// Events on a laptop: handed to a local program and signed, printed, and triggered as examples.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'svix';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { endServer, startServer, type ServerProcess } from '../support/server.ts';
import { commandsOf, startCommand, type RunningCommand } from './command-line.ts';

let server: ServerProcess;
let cli: ReturnType<typeof commandsOf>;

beforeAll(async () => {
  server = await startServer();
  cli = commandsOf(server);
});
afterAll(() => endServer(server));

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program of a developer's, on a free port. */
async function startProgram(statusOf: (nth: number) => number = () => 200) {
  const heard: Heard[] = [];
  const listener = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ headers: request.headers, body });
      response.statusCode = statusOf(heard.length);
      response.end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listener.close());
  return { heard, url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook` };
}

function start(args: readonly string[]): RunningCommand {
  const command = startCommand(args, { env: cli.env });
  onTestFinished(() => void command.child.kill());
  return command;
}

async function untilListening(command: RunningCommand): Promise<string> {
  await expect.poll(command.stderr).toContain('Listening. Signing secret: whsec_');
  return /whsec_\S+/.exec(command.stderr())?.[0] ?? '';
}

test('an event reaches the local program, signed so that a webhook library accepts it', async () => {
  const program = await startProgram();
  const listening = start(['listen', '--forward', program.url, '--count', '1']);
  const secret = await untilListening(listening);
  const triggered = await cli.json<{ id: string }>(['trigger', 'bills.write.successful']);
  const { code, stdout } = await listening.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/bills\.write\.successful +Success +\(test\)/);
  const [first] = program.heard;
  const headers = first?.headers as Record<string, string>;
  const verified = new Webhook(secret).verify(first?.body ?? '', headers);
  expect(verified).toMatchObject({ id: triggered.id, eventType: 'bills.write.successful', test: true });
});

test('only the events asked for are handed on', async () => {
  const program = await startProgram();
  const listening = start(['listen', '--forward', program.url, '--types', 'connection.*', '--count', '1']);
  await untilListening(listening);
  await cli.run(['trigger', 'bills.write.successful']);
  await cli.run(['trigger', 'connection.created']);
  expect((await listening.ended).code).toBe(0);
  expect(program.heard.map(({ body }) => (JSON.parse(body) as { eventType: string }).eventType)).toEqual([
    'connection.created',
  ]);
});

test('a program that answers with an error gets the event again, under the same webhook-id', async () => {
  const program = await startProgram((nth) => (nth < 3 ? 500 : 200));
  const listening = start(['listen', '--forward', program.url, '--count', '1']);
  await untilListening(listening);
  await cli.run(['trigger', 'company.created']);
  expect((await listening.ended).code).toBe(0);
  expect(program.heard).toHaveLength(3);
  expect(new Set(program.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('whoever follows the events sees what happens, and what is asked for again is the same', async () => {
  const following = start(['--json', 'events', '--follow', '--types', 'company.*', '--count', '1']);
  // No sign of its own says that a program reads: each company made is seen, or came before the look.
  const seen = async () => {
    await cli.run(['companies', 'create', 'Toft Stores']);
    return following.stdout();
  };
  await expect.poll(seen).toContain('"eventType":"company.created"');
  await following.ended;
  const kept = await cli.run(['--json', 'events', '--types', 'company.created']);
  expect(kept.stdout.trim().split('\n')).toContain(following.stdout().trim());
});

test('an unknown event type and an unfit secret are refused by name', async () => {
  const wrongType = await cli.run(['trigger', 'bills.written']);
  expect({ code: wrongType.code, text: wrongType.stderr }).toEqual({
    code: 4,
    text: expect.stringContaining('bills.written'),
  });
  const wrongSecret = await cli.run(['listen', '--forward', 'http://127.0.0.1:1', '--secret', '???']);
  expect({ code: wrongSecret.code, text: wrongSecret.stderr }).toEqual({
    code: 2,
    text: expect.stringContaining('--secret'),
  });
});
