/** Settings. */
import { expect, test } from 'vitest';
import { parseConfig, ROLES, SETTINGS } from './config.ts';

function parsed(env: Record<string, string>) {
  const result = parseConfig(env, '/srv/app');
  if (!result.ok) throw new Error(result.problems.join('; '));
  return result.config;
}

function problems(env: Record<string, string>) {
  const result = parseConfig(env, '/srv/app');
  return result.ok ? [] : result.problems;
}

test('without any setting the documented defaults hold', () => {
  expect(parsed({})).toMatchObject({
    port: 4100,
    host: '127.0.0.1',
    dataDir: '/srv/app/.ledgerpost',
    databaseUrl: undefined,
    sandboxPort: 4101,
    sandboxDir: '/srv/app/.ledgerpost/sandbox',
    allowPrivateWebhooks: true,
    dailyQuota: 10_000_000,
    webhookRetrySeconds: [5, 300, 1800, 7200, 18000, 36000, 36000],
    roles: new Set(ROLES),
  });
});

test('every bad setting is named in one answer, with what it must be', () => {
  const found = problems({
    LEDGERPOST_PORT: '99999',
    LEDGERPOST_ROLES: 'api,cook',
    LEDGERPOST_SANDBOX_URL: 'ftp://x',
    LEDGERPOST_WEBHOOK_RETRY_SECONDS: '5,x',
    LEDGERPOST_ALLOW_PRIVATE_WEBHOOKS: 'maybe',
  });
  expect(found.map((problem) => problem.replace(/:.*/s, '')).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'LEDGERPOST_ALLOW_PRIVATE_WEBHOOKS',
    'LEDGERPOST_PORT',
    'LEDGERPOST_ROLES',
    'LEDGERPOST_SANDBOX_URL',
    'LEDGERPOST_WEBHOOK_RETRY_SECONDS',
  ]);
});

test('a misspelt setting is refused instead of being ignored; the sandbox’s own are left to it', () => {
  expect(problems({ LEDGERPOST_PROT: '1' })).toEqual(['LEDGERPOST_PROT: there is no setting of this name']);
  expect(problems({ LEDGERPOST_SANDBOX_FAULTS: '[]' })).toEqual([]);
});

test('a bad value of a secret setting is not repeated', () => {
  const [problem] = problems({ LEDGERPOST_DATABASE_URL: 'mysql://root:hunter2@db/x' });
  expect(problem).toMatch(/^LEDGERPOST_DATABASE_URL: must be an address/);
  expect(problem).not.toContain('hunter2');
});

test('private webhook addresses are allowed only while nobody else can reach the server', () => {
  expect(parsed({ LEDGERPOST_HOST: '0.0.0.0' }).allowPrivateWebhooks).toBe(false);
  expect(parsed({ LEDGERPOST_HOST: '::1' }).allowPrivateWebhooks).toBe(true);
  expect(parsed({ LEDGERPOST_HOST: '0.0.0.0', LEDGERPOST_ALLOW_PRIVATE_WEBHOOKS: 'true' }).allowPrivateWebhooks).toBe(
    true,
  );
});

test('every setting tells its meaning and its default', () => {
  for (const [name, setting] of Object.entries(SETTINGS)) {
    expect(name).toMatch(/^LEDGERPOST_[A-Z_]+$/);
    expect(setting.meaning.length, name).toBeGreaterThan(10);
    expect(setting.shownDefault.length, name).toBeGreaterThan(0);
  }
});
