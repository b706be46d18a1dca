/** Lines of direct costs and incomes, as far as Tryton's entries have no place for what they say. */
import { decimalText, parseDecimal } from '../../lib/decimal.ts';

export interface DirectKind {
  /** The side of the entry on which the money is. */
  readonly money: 'debit' | 'credit';
}

/** `Parking (2 × 6.5)`: an entry has no place for quantities and prices, and people can read it so. */
export function withQuantity(description: string, quantity: number, unitAmount: number): string {
  if (quantity === 1) return description;
  return `${description} (${plain(quantity)} × ${plain(unitAmount)})`.trimStart();
}

function plain(value: number): string {
  const exact = parseDecimal(String(value));
  return exact === undefined ? String(value) : decimalText(exact);
}

const quantityForm = /^(.*?) ?\((-?\d+(?:\.\d+)?) × (-?\d+(?:\.\d+)?)\)$/s;

export interface Described {
  readonly description: string;
  readonly quantity: number;
  readonly unitAmount?: number;
}

export function describedIn(text: string): Described {
  const parts = quantityForm.exec(text);
  if (parts === null) return { description: text, quantity: 1 };
  const [, description = '', quantity, unitAmount] = parts;
  return { description, quantity: Number(quantity), unitAmount: Number(unitAmount) };
}
