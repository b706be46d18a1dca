/** Bodies made from nothing but what the options endpoint answers: required fields, offered choices, rules as sentences. */
import { isMembers } from '../../src/models/validate.ts';
import type { Body } from './referable-records.ts';

export interface OptionNode {
  readonly type: string;
  readonly required: boolean;
  readonly properties?: Readonly<Record<string, OptionNode>>;
  readonly options?: readonly { readonly value: string }[];
  readonly validation?: {
    readonly warnings: readonly { readonly field: string; readonly details: string }[];
  };
}

let texts = 0;

/** Only what is required, with the first choice wherever there are choices. */
export function smallestBody(root: OptionNode): Body {
  return Object.fromEntries(requiredOf(root).map(([name, node]) => [name, smallestValue(node)]));
}

function requiredOf({ properties = {} }: OptionNode) {
  return Object.entries(properties).filter(([, { required }]) => required);
}

function smallestValue(node: OptionNode): unknown {
  switch (node.type) {
    case 'Object':
      return smallestBody(node);
    case 'Array':
      return smallestList(node);
    case 'Boolean':
      return false;
    case 'Number':
      return 10;
    case 'DateTime':
      return '2026-03-02T00:00:00';
    default:
      return node.options?.[0]?.value ?? `M${(texts += 1)}`;
  }
}

function smallestList(node: OptionNode): readonly Body[] {
  const rules = (node.validation?.warnings ?? []).map(({ details }) => details).join(' ');
  const length = Number(/at least (\d+) element/.exec(rules)?.[1] ?? 1);
  const items = Array.from({ length }, () => smallestBody(node));
  const balanced = /(\w+) must add up to zero/.exec(rules)?.[1];
  if (balanced === undefined) return items;
  const name = balanced.charAt(0).toLowerCase() + balanced.slice(1);
  return items.map((item, index) => ({ ...item, [name]: index === 0 ? 10 * (length - 1) : -10 }));
}

/** The body once for each choice of each required field that has choices, nested ones too; the first of 20 each. */
export function bodiesWithEachChoice(root: OptionNode): readonly Body[] {
  return requiredOf(root).flatMap(([name, node]) =>
    valuesWithEachChoice(node).map((value) => ({ ...smallestBody(root), [name]: value })),
  );
}

const CHOICES_MAX = 20;

function valuesWithEachChoice(node: OptionNode): readonly unknown[] {
  if (node.type === 'Object') return bodiesWithEachChoice(node);
  if (node.type === 'Array') {
    const [, ...others] = smallestList(node);
    return bodiesWithEachChoice(node).map((item) => [{ ...item }, ...others]);
  }
  return (node.options ?? []).slice(0, CHOICES_MAX).map(({ value }) => value);
}

export interface Lacking {
  /** `LineItems[0].AccountRef.Id` */
  readonly itemId: string;
  readonly body: Body;
}

/** The body once for each member of it, at any depth, without that member. In lists the first element is the one. */
export function bodiesLackingOne(body: Body): readonly Lacking[] {
  return Object.entries(body).flatMap(([name, value]) => {
    const { [name]: _, ...others } = body;
    return [{ itemId: title(name), body: others }, ...deeper(body, name, value)];
  });
}

function deeper(body: Body, name: string, value: unknown): readonly Lacking[] {
  const items: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
  const inner = items === undefined ? value : items[0];
  if (!isMembers(inner)) return [];
  const position = items === undefined ? '' : '[0]';
  return bodiesLackingOne(inner).map((each) => ({
    itemId: `${title(name)}${position}.${each.itemId}`,
    body: { ...body, [name]: items === undefined ? each.body : [each.body, ...items.slice(1)] },
  }));
}

function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
