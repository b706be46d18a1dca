/** PUT and DELETE /companies/{companyId}/products/{productIdentifier}. */
import { Type } from 'typebox';
import { addProduct, removeProduct } from '../companies/products.ts';
import { answers, noContent } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { companyIdFrom } from './path-ids.ts';

const params = Type.Object({ companyId: Type.String(), productIdentifier: Type.String() });

export function companyProductRoutes(app: ApiRoutes, { companies }: ApiDeps): void {
  app.put(
    '/companies/:companyId/products/:productIdentifier',
    {
      schema: {
        tags: ['Companies'],
        operationId: 'addCompanyProduct',
        summary: 'Enable a company for a product',
        params,
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      const companyId = companyIdFrom(request.params);
      await addProduct(companies, { companyId, productId: request.params.productIdentifier });
      return reply.code(204).send();
    },
  );

  app.delete(
    '/companies/:companyId/products/:productIdentifier',
    {
      schema: {
        tags: ['Companies'],
        operationId: 'removeCompanyProduct',
        summary: 'Disable a product for a company',
        params,
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      const companyId = companyIdFrom(request.params);
      await removeProduct(companies, { companyId, productId: request.params.productIdentifier });
      return reply.code(204).send();
    },
  );
}
