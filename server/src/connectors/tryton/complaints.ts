/**
 * What Tryton's sentences mean. An error of Tryton's carries no code and no name of a field, only a sentence in the language
 * of the log-in, which is why that is always English. The labels in it are the ones that `fields_get` tells.
 */

export type Meaning =
  | 'required'
  | 'domain'
  | 'too-long'
  | 'digits'
  | 'characters'
  | 'not-an-option'
  | 'no-such-record'
  | 'not-unique'
  | 'in-use'
  | 'not-allowed'
  | 'gone'
  | 'no-period'
  | 'too-early'
  | 'other';

export interface Complaint {
  readonly meaning: Meaning;
  /** 400 for everything that is wrong with a body; the wire knows no finer. */
  readonly statusCode: 400 | 403 | 404;
  /** As Tryton shows them: "Unit Price" in "Invoice Line". */
  readonly fieldLabel?: string;
  readonly modelLabel?: string;
  /** The value that is wrong, as Tryton prints it. */
  readonly value?: string;
  /** The records that it is about. */
  readonly recordIds?: readonly string[];
}

interface Sentence {
  readonly meaning: Meaning;
  readonly statusCode?: Complaint['statusCode'];
  readonly form: RegExp;
}

const field = '"(?<field>[^"]*)"';
const model = '"(?<model>[^"]*)"';
const value = '"(?<value>.*)"';
const records = 'records? "(?<records>[^"]*)"';
const sentence = (form: string) => new RegExp(`^${form}`, 's');

/** In this order: the first that fits. A word of a sentence is as good as a code, as long as it is Tryton's own. */
const sentences: readonly Sentence[] = [
  { meaning: 'required', form: sentence(`A value is required for field ${field} in ${model}`) },
  {
    meaning: 'domain',
    form: sentence(`The value for field ${field} in ${model} is not valid according to its domain`),
  },
  { meaning: 'too-long', form: sentence(`The value for field ${field} in ${model} is too long`) },
  { meaning: 'digits', form: sentence(`The number of digits in the value ${value} for field ${field} in ${model}`) },
  {
    meaning: 'characters',
    form: sentence(`The value ${value} for field ${field} in ${model} contains some invalid chars`),
  },
  {
    meaning: 'not-an-option',
    form: sentence(`The (?:time )?value ${value} for field ${field} in ${model} is not (?:one of the allowed|valid)`),
  },
  { meaning: 'no-such-record', form: sentence(`The value ${value} for field ${field} in ${model} does not exist`) },
  {
    meaning: 'in-use',
    form: sentence(`The records could not be deleted because they are used by field ${field} of ${model}`),
  },
  {
    meaning: 'gone',
    statusCode: 404,
    form: sentence(`You are trying to \\w+(?: to)? ${records} of ${model} that don't`),
  },
  {
    meaning: 'not-allowed',
    statusCode: 403,
    form: sentence(`You are not allowed to access "(?<model>[^".]*)(?:\\.(?<field>[^"]*))?"`),
  },
  {
    meaning: 'not-allowed',
    statusCode: 403,
    form: sentence(`You are not allowed to \\w+(?: to)? (?:this record|${records}|records)(?: of ${model})?`),
  },
  {
    meaning: 'not-allowed',
    statusCode: 403,
    form: sentence(`You are not allowed to execute wizard "(?<model>[^"]*)"`),
  },
  { meaning: 'not-allowed', statusCode: 403, form: sentence(`Calling button "?(?<field>[^"]*?)"? on ${model} is not`) },
  { meaning: 'not-unique', form: sentence('The (?<field>.+?) on (?<model>.+?) must be unique') },
  { meaning: 'not-unique', form: sentence('(?<field>\\w[\\w ]*?) of (?:active )?(?<model>.+?) must be unique') },
  {
    meaning: 'no-period',
    form: sentence('To continue, you must create a (?:period|fiscal year) for the date "(?<value>[^"]*)"'),
  },
  {
    meaning: 'too-early',
    form: sentence('To number the invoice "[^"]*", you must set an accounting date after "(?<value>[^"]*)"'),
  },
];

export function readComplaint(message: string): Complaint {
  for (const { meaning, statusCode = 400, form } of sentences) {
    const groups = form.exec(message)?.groups;
    if (groups === undefined) {
      if (form.test(message)) return { meaning, statusCode };
      continue;
    }
    return { meaning, statusCode, ...partsOf(groups) };
  }
  return { meaning: 'other', statusCode: 400 };
}

function partsOf(groups: Readonly<Record<string, string | undefined>>): Omit<Complaint, 'meaning' | 'statusCode'> {
  const { field: fieldLabel, model: modelLabel, value: printed, records: ids } = groups;
  return {
    ...(fieldLabel === undefined ? {} : { fieldLabel }),
    ...(modelLabel === undefined ? {} : { modelLabel }),
    ...(printed === undefined ? {} : { value: plainValue(printed) }),
    ...(ids === undefined ? {} : { recordIds: ids.split(/,\s*/) }),
  };
}

/** Tryton prints a number the way Python shows it. */
function plainValue(printed: string): string {
  return /^Decimal\('(?<digits>[^']*)'\)$/.exec(printed)?.groups?.['digits'] ?? printed;
}
