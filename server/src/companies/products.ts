/** Which products a company is enabled for. Here they are labels: nothing depends on them but the events that tell of them. */
import { PublicError } from '../errors.ts';
import { productEvent } from '../events/event.ts';
import { insertEvents } from '../events/queries.ts';
import type { CompaniesContext } from './context.ts';
import { findCompanyForUpdate, updateCompanyProducts } from './queries.ts';

export interface CompanyProduct {
  readonly companyId: string;
  /** As in `bank-feeds`. */
  readonly productId: string;
}

const PRODUCTS_MAX = 20;
const PRODUCT_ID = /^[a-z][a-z0-9-]{0,63}$/i;

/** Once more is as good as once, and is not told again. */
export function addProduct(context: CompaniesContext, product: CompanyProduct): Promise<void> {
  return changeProducts(context, product, 'company.product.added', (before) => {
    if (before.length >= PRODUCTS_MAX)
      throw new PublicError('conflict', `A company has at most ${PRODUCTS_MAX} products`);
    return [...before, product.productId];
  });
}

export function removeProduct(context: CompaniesContext, product: CompanyProduct): Promise<void> {
  return changeProducts(context, product, 'company.product.removed', (before) =>
    before.filter((each) => each !== product.productId),
  );
}

async function changeProducts(
  context: CompaniesContext,
  { companyId, productId }: CompanyProduct,
  eventType: 'company.product.added' | 'company.product.removed',
  change: (before: readonly string[]) => readonly string[],
): Promise<void> {
  if (!PRODUCT_ID.test(productId)) {
    throw new PublicError('malformed_request', 'Path parameter productIdentifier must be a word such as bank-feeds');
  }
  const now = context.clock.now();
  await context.db.transaction(async (tx) => {
    const company = await findCompanyForUpdate(tx, companyId);
    if (company === undefined) throw new PublicError('company_not_found', companyId);
    if (company.products.includes(productId) === (eventType === 'company.product.added')) return;
    const products = change(company.products);
    await updateCompanyProducts(tx, companyId, products);
    await insertEvents(tx, [productEvent(eventType, { company: { ...company, products }, productId }, now)]);
  });
  context.eventsStored();
}
