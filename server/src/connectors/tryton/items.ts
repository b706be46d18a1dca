/**
 * Items: products in Tryton, each with the template that holds most of it. Accounts and taxes stand in an accounting
 * category, one for each combination; a combination that is new gets a category of its own.
 */
import { choices } from '../../models/fields.ts';
import { items as itemModel } from '../../models/items.ts';
import { refine } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import { same, type Codec, type Pair } from '../mapping.ts';
import { activeStatus } from './journals.ts';
import { listMark } from './marks.ts';
import { offerAccounts } from './offers.ts';
import { decimalPair, idPair } from './pairs.ts';
import { ACTIVE_OR_NOT, type Removal, type TrytonResource } from './resource.ts';
import { resultOf, type TrytonSession } from './session.ts';
import { isUsed, PRODUCT_USES } from './uses.ts';
import { encodeDecimal, idOf, type Members } from './values.ts';
import { ownRecordId } from './wizard.ts';

const TEMPLATE = 'product.template';
const PRODUCT = 'product.product';

const types: Codec = {
  toTheirs: (value) => (value === 'Service' ? 'service' : 'goods'),
  toOurs: (value) => (value === 'service' ? 'Service' : value === 'goods' ? 'Inventory' : 'NonInventory'),
};
const type: Pair = { ours: 'type', theirs: 'type', codec: types };

export const items: TrytonResource = {
  dataType: 'items',
  theirs: PRODUCT,
  supplementalModel: TEMPLATE,
  model: refine(itemModel, {
    name: { required: true },
    code: { unique: true },
    type: { required: true, options: choices('Inventory', 'NonInventory', 'Service') },
    isBillItem: { required: true },
    isInvoiceItem: { required: true },
    itemStatus: { options: choices('Active', 'Archived') },
    'billItem.description': { readOnly: true },
    'billItem.unitPrice': { decimalPlacesMax: 4, description: 'What it costs; Tryton keeps it as the cost price.' },
    'invoiceItem.unitPrice': { decimalPlacesMax: 4, description: 'Tryton keeps it as the list price.' },
  }),
  pairs: [
    same('name'),
    same('code'),
    type,
    activeStatus('itemStatus'),
    same('isInvoiceItem', 'salable'),
    same('isBillItem', 'purchasable'),
    same('invoiceItem.description', 'description'),
    decimalPair('invoiceItem.unitPrice', 'list_price'),
    idPair('invoiceItem.accountRef.id', 'account_category.account_revenue'),
    idPair('invoiceItem.taxRateRef.id', 'account_category.customer_taxes'),
    decimalPair('billItem.unitPrice', 'cost_price'),
    idPair('billItem.accountRef.id', 'account_category.account_expense'),
    idPair('billItem.taxRateRef.id', 'account_category.supplier_taxes'),
  ],
  reads: [
    'name',
    'code',
    'type',
    'consumable',
    'active',
    'salable',
    'purchasable',
    'description',
    'list_price',
    'cost_price',
    'account_category',
  ],
  parts: ['template', 'identifiers'],
  scope: () => [],
  mark: listMark('identifiers', 'code', { type: null }),
  fills: ['default_uom', 'list_price', 'cost_price', 'cost_price_method', 'template', 'account_category', 'type'],
  prepare: (values, { body = {} }) =>
    Object.hasOwn(body, 'type') ? { ...values, consumable: body['type'] === 'NonInventory' } : values,
  async first(values, _, { session, present }) {
    const wanted = isMembers(values['account_category']) ? values['account_category'] : undefined;
    if (wanted === undefined) return {};
    const category = await categoryById(session, idOf(present?.['account_category']));
    return { account_category: await categoryFor(session, { ...withoutId(category), ...wanted }) };
  },
  async createCall(values, session, options) {
    const unit = await ownRecordId(session, 'product', 'uom_unit');
    const { ofTemplate, ofProduct } = divided(values);
    const zero = encodeDecimal('0');
    const template = {
      cost_price_method: 'fixed',
      default_uom: unit,
      list_price: zero,
      ...units(values, unit),
      ...ofTemplate,
      products: [['create', [{ cost_price: zero, ...ofProduct }]]],
    };
    const made = await session.call(TEMPLATE, 'create', [[template]], options);
    const [id] = made.kind === 'result' && Array.isArray(made.value) ? (made.value as readonly unknown[]) : [];
    if (made.kind !== 'result') return made;
    const products = await session
      .ids(PRODUCT, [['template', '=', id]], { limit: 1, ...ACTIVE_OR_NOT })
      .catch(() => []);
    return { kind: 'result', value: products };
  },
  async writeCall(present, values, session, options) {
    const unit = await ownRecordId(session, 'product', 'uom_unit');
    const { ofTemplate, ofProduct } = divided(values);
    const changed = { ...units(values, unit), ...ofTemplate, products: [['write', [present['id']], ofProduct]] };
    return session.call(TEMPLATE, 'write', [[idOf(present['template'])], changed], options);
  },
  async removals(record, session) {
    const template = idOf(record['template']);
    const deactivate: Removal = {
      name: 'deactivate',
      run: (options) => session.call(TEMPLATE, 'write', [[template], inactive(record)], options),
    };
    if (await isUsed(session, PRODUCT_USES, record['id'])) return [deactivate];
    return [{ name: 'delete', run: (options) => session.call(TEMPLATE, 'delete', [[template]], options) }, deactivate];
  },
  isRemoved: ({ active }) => active === false,
  async offer(live, session) {
    const bought = await offerAccounts(live, 'expense', 'billItem.accountRef.id', session);
    return offerAccounts(bought, 'revenue', 'invoiceItem.accountRef.id', session);
  },
  async complete(record, theirs, session) {
    const category = await categoryById(session, idOf(theirs['account_category']));
    const { type: kind, consumable, salable, purchasable, description } = theirs;
    const isPlain = kind === 'assets' || (kind === 'goods' && consumable === true);
    const { invoiceItem, billItem, ...others } = record;
    const sold = side(invoiceItem, category, ['account_revenue', 'customer_taxes']);
    const bought = side(billItem, category, ['account_expense', 'supplier_taxes']);
    const text = typeof description === 'string' && description !== '' ? { description } : {};
    return {
      ...others,
      ...(isPlain ? { type: 'NonInventory' } : {}),
      isInvoiceItem: salable === true,
      isBillItem: purchasable === true,
      ...(salable === true ? { invoiceItem: { ...text, ...sold } } : {}),
      ...(purchasable === true ? { billItem: bought } : {}),
    };
  },
};

/** Text and price stand with the variant, all else with the template. */
function divided(values: Members) {
  const ofProduct: Record<string, unknown> = {};
  const ofTemplate: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (name === 'description' || name === 'identifiers' || name === 'cost_price') ofProduct[name] = value;
    else ofTemplate[name] = value;
  }
  if (Object.hasOwn(values, 'active')) ofProduct['active'] = values['active'];
  return { ofTemplate, ofProduct };
}

function inactive(product: Members): Members {
  return { active: false, products: [['write', [product['id']], { active: false }]] };
}

/** What is sold or bought needs a unit to be counted in. */
function units({ salable, purchasable }: Members, unit: number | undefined): Members {
  return {
    ...(salable === true ? { sale_uom: unit } : {}),
    ...(purchasable === true ? { purchase_uom: unit } : {}),
  };
}

interface Category {
  readonly id: number;
  readonly account_revenue: number | null;
  readonly account_expense: number | null;
  readonly customer_taxes: number | null;
  readonly supplier_taxes: number | null;
}

const SIDES = ['account_revenue', 'account_expense', 'customer_taxes', 'supplier_taxes'] as const;
const CATEGORIES_MAX = 1_000;

/** Categories with more than one tax on a side cannot be told by our data model, and are shown by their first. */
function categories(session: TrytonSession): Promise<readonly Category[]> {
  return session.known('accounting categories', async () => {
    const domain = [['accounting', '=', true]];
    const found = await session.find('product.category', domain, SIDES, { limit: CATEGORIES_MAX });
    return found.map((category) => ({
      id: Number(category['id']),
      account_revenue: idOf(category['account_revenue']) ?? null,
      account_expense: idOf(category['account_expense']) ?? null,
      customer_taxes: firstOf(category['customer_taxes']),
      supplier_taxes: firstOf(category['supplier_taxes']),
    }));
  });
}

function firstOf(ids: unknown): number | null {
  return Array.isArray(ids) ? (idOf(ids[0]) ?? null) : null;
}

async function categoryById(session: TrytonSession, id: number | undefined): Promise<Category | undefined> {
  return id === undefined ? undefined : (await categories(session)).find((category) => category.id === id);
}

function withoutId(category: Category | undefined): Members {
  const { id: _, ...members } = category ?? { id: 0 };
  return members;
}

/** One with just these accounts and taxes; made where there is none. Throws a NoResult. */
async function categoryFor(session: TrytonSession, wanted: Members): Promise<number> {
  const present = (await categories(session)).find((category) =>
    SIDES.every((member) => category[member] === (wanted[member] ?? null)),
  );
  if (present !== undefined) return present.id;
  const taxes = (id: unknown) => (typeof id === 'number' ? [['add', [id]]] : []);
  const made = resultOf(
    await session.call('product.category', 'create', [
      [
        {
          name: await categoryName(session, wanted),
          accounting: true,
          account_revenue: wanted['account_revenue'] ?? null,
          account_expense: wanted['account_expense'] ?? null,
          customer_taxes: taxes(wanted['customer_taxes']),
          supplier_taxes: taxes(wanted['supplier_taxes']),
        },
      ],
    ]),
  );
  await session.forgetKnown();
  return Array.isArray(made) ? Number(made[0]) : 0;
}

/** By the accounts, as people will look for it. */
async function categoryName(session: TrytonSession, wanted: Members): Promise<string> {
  const ids = [wanted['account_revenue'], wanted['account_expense']].filter((id) => typeof id === 'number');
  const accounts = await session.find('account.account', [['id', 'in', ids]], ['rec_name']);
  const names = accounts.map((account) => String(account['rec_name']));
  return names.length === 0 ? 'Accounting' : names.join(', ');
}

function side(
  told: unknown,
  category: Category | undefined,
  [account, tax]: readonly [keyof Category, keyof Category],
): Members {
  const ref = (id: number | null | undefined) => (typeof id === 'number' ? { id: String(id) } : undefined);
  const [accountRef, taxRateRef] = [ref(category?.[account]), ref(category?.[tax])];
  const { accountRef: _, taxRateRef: __, ...members } = isMembers(told) ? told : {};
  return {
    ...members,
    ...(accountRef === undefined ? {} : { accountRef }),
    ...(taxRateRef === undefined ? {} : { taxRateRef }),
  };
}
