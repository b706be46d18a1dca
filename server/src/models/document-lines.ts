/** The members that the lines of all documents have in common. */
import { accountRef, discountPercentage, itemRef, number, taxRateRef, text, trackingCategoryRefs } from './fields.ts';
import type { Fields } from './model.ts';

/** `alwaysPresent`: whether official clients rely on price and quantity in every line that is read. */
export function lineAmounts(facts: { readonly alwaysPresent?: true } = {}): Fields {
  return {
    description: text('Description', 'What was bought or sold.', { nullable: true }),
    unitAmount: number('Unit amount', 'Price of one unit, before discount and tax.', facts),
    quantity: number('Quantity', 'How many units.', facts),
    discountAmount: number('Discount', 'Taken off the line before tax.', { nullable: true }),
    subTotal: number('Subtotal', 'After discount, before tax.', { nullable: true }),
    taxAmount: number('Tax amount', '', { nullable: true }),
    totalAmount: number('Total amount', 'After discount, with tax.', { nullable: true }),
    discountPercentage: discountPercentage({ nullable: true }),
    accountRef: accountRef(),
    taxRateRef: taxRateRef(),
    itemRef: itemRef(),
    trackingCategoryRefs: trackingCategoryRefs(),
  };
}
