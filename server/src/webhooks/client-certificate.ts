/** The certificate by which we show a consumer who we are (mutual TLS): checked when it is given, sealed when stored. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { PublicError } from '../errors.ts';

/** All in PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
  /** Whom to trust instead of the public authorities, for consumers with a certificate of their own house. */
  readonly authority?: string | undefined;
}

/** What may be shown. */
export interface ShownCertificate {
  readonly subject: string;
  readonly fingerprint: string;
  readonly validTo: string;
}

const PEM_CHARS_MAX = 50_000;

/** Certificate and key may come apart, or as one text that holds both. */
export type ClientCertificateInput = ClientCertificate | string;

export function checkedCertificate(
  given: ClientCertificateInput,
  url: string,
): { readonly certificate: ClientCertificate; readonly shown: ShownCertificate } {
  const certificate = typeof given === 'string' ? { certificate: given, key: given } : given;
  if (Object.values(certificate).some((pem: string | undefined) => (pem?.length ?? 0) > PEM_CHARS_MAX)) {
    throw refused(`must have at most ${PEM_CHARS_MAX} characters`);
  }
  if (!url.toLowerCase().startsWith('https:')) throw refused('needs an address that begins with https://');
  try {
    createSecureContext({ cert: certificate.certificate, key: certificate.key, ca: certificate.authority });
    const { subject, fingerprint256, validTo } = new X509Certificate(firstCertificate(certificate.certificate));
    return { certificate, shown: { subject, fingerprint: fingerprint256, validTo } };
  } catch {
    // The library's own words might quote the key.
    throw refused('must be a certificate and its key in PEM that belong together');
  }
}

function firstCertificate(pem: string): string {
  return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0] ?? pem;
}

function refused(rule: string): PublicError {
  return new PublicError('malformed_request', `clientCertificate: ${rule}`);
}
