/** The paths of reports, which are not there: refused by name, so that nobody takes one for a misspelt data type. */
import { Type } from 'typebox';
import { PublicError } from '../errors.ts';
import type { ApiRoutes } from './deps.ts';

const PATHS = [
  '/companies/:companyId/data/financials/:report',
  '/companies/:companyId/reports/:report',
  '/companies/:companyId/reports/:report/available',
];

export function reportRoutes(app: ApiRoutes): void {
  const params = Type.Object({ companyId: Type.String(), report: Type.String() });
  for (const path of PATHS) {
    app.get(path, { schema: { hide: true, params } }, ({ params: { report } }) => {
      throw new PublicError('data_type_not_found', `'${report.slice(0, 100)}' not supported: there are no reports`);
    });
  }
}
