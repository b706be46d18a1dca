/**
 * Dates as clients write them in queries: `2021-01-28`, or with a time and perhaps a zone. Without a zone, UTC is meant;
 * a bare date is its midnight.
 */

const form =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?<zone>Z|[+\- ]\d{2}(?::?\d{2})?)?)?$/i;

/** The same moment in a form that PostgreSQL reads without regard to its session, or absent if it is no such date. */
export function readMoment(text: string): string | undefined {
  const { date, time = '00:00:00', zone = 'Z' } = form.exec(text)?.groups ?? {};
  if (date === undefined || !isDay(date) || !isTimeOfDay(time)) return undefined;
  // A plus sign that was sent unencoded arrives as a blank.
  const offset = zone.replace(' ', '+').toUpperCase();
  return isOffset(offset) ? `${date}T${time}${offset}` : undefined;
}

function isDay(date: string): boolean {
  // JavaScript takes 30 February for 1 March; PostgreSQL knows no year 0.
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) && !date.startsWith('0000');
}

function isTimeOfDay(time: string): boolean {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return hours <= 23 && minutes <= 59 && seconds < 60;
}

function isOffset(offset: string): boolean {
  if (offset === 'Z') return true;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', ''));
  return hours <= 14 && minutes <= 59;
}
