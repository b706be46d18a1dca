// Suppliers: whom bills are from.
import { defineContact } from './contact.ts';

export const suppliers = defineContact('suppliers', 'sup');
