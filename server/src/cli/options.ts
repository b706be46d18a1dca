/** Options that several commands share, and how their values are read. */
import { InvalidArgumentError, Option } from 'commander';

export function limitOption(standard = 100): Option {
  return new Option('--limit <number>', 'how many at most').argParser(wholeNumber(1, 1_000_000)).default(standard);
}

export function connectionOption(): Option {
  return new Option('--connection <id>', 'which connection of the company; the linked one unless given');
}

export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is expected.`);
  };
}

/** Gathers `name=value`, given several times. */
export function pairs(text: string, gathered: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It is written name=value.');
  return { ...gathered, [text.slice(0, at)]: text.slice(at + 1) };
}
