// The tour of the README once more, with Codat's official clients: link a company, write an account, see what became of it.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { CodatAccounting } from '@codat/accounting';
import { CodatPlatform } from '@codat/platform';

const serverURL = process.env.LEDGERPOST ?? 'http://127.0.0.1:4100';
const apiKey = readFileSync(`${process.env.DATA ?? '.ledgerpost'}/api-key`, 'utf8').trim();
const authHeader = `Basic ${Buffer.from(apiKey).toString('base64')}`;
const platform = new CodatPlatform({ serverURL, authHeader });
const accounting = new CodatAccounting({ serverURL, security: { authHeader } });

const company = await platform.companies.create({ name: 'Oddment & Sons' });
const created = await platform.connections.create({ companyId: company.id, requestBody: { platformKey: 'mqjo' } });
const path = { companyId: company.id, connectionId: created.id };
const connection = await platform.connections.updateAuthorization({ ...path, requestBody: {} });
console.log(`${connection.platformName}: ${connection.status}`);

const options = await accounting.accounts.getCreateModel(path);
const fields = Object.entries(options.pushOption?.properties ?? {});
console.log(`Required: ${fields.flatMap(([name, { required }]) => (required ? [name] : [])).join(', ')}`);

async function push(account) {
  const answer = await accounting.accounts.create({ ...path, account });
  const pushOperationKey = answer.createAccountResponse?.pushOperationKey ?? '';
  for (;;) {
    const operation = await platform.pushData.getOperation({ companyId: company.id, pushOperationKey });
    if (operation.status !== 'Pending') return operation;
    await pause(100);
  }
}

const plants = { nominalCode: '6150', name: 'Office plants', fullyQualifiedCategory: 'Expense.Overhead' };
const written = await push(plants);
console.log(`${written.status}: ${written.changes?.[0]?.type} ${written.changes?.[0]?.recordRef?.dataType}`);

const refused = await push({ ...plants, nominalCode: '6150-OFFICE-PLANTS' });
const [problem] = refused.validation?.errors ?? [];
console.log(`${refused.status}: ${problem?.itemId}: ${problem?.message}`);
