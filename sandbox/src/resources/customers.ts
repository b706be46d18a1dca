// Customers: whom invoices are for.
import { defineContact } from './contact.ts';

export const customers = defineContact('customers', 'cus');
