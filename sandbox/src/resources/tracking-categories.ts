// Tracking categories: two levels of labels for the lines of documents.
import { choice, name, readOnly, reference, report } from '../fields.ts';
import { textAt } from '../json.ts';
import { defineResource } from '../resource.ts';

export const trackingCategories = defineResource({
  path: 'tracking-categories',
  prefix: 'trk',
  fields: {
    name: name(150),
    parentId: reference('tracking-categories'),
    status: choice('active', 'archived'),
    hasChildren: readOnly(),
  },
  complete(input, writing, before) {
    const status = input.status ?? 'active';
    const id = textAt(before?.body, 'id');
    const parent = input.parentId === undefined ? undefined : writing.find('tracking-categories', input.parentId);
    const hasChildren = id !== undefined && writing.isReferredTo('tracking-categories', id);
    if (parent !== undefined && (textAt(parent.body, 'parentId') !== undefined || hasChildren))
      report(writing, 'parentId', 'not_allowed', 'there are two levels only: a parent has no parent');
    if (parent !== undefined && parent.seq === before?.seq)
      report(writing, 'parentId', 'not_allowed', 'a category is not its own parent');
    return { members: { ...input, status }, reference: input.parentId, status };
  },
  present: (body, reading) => ({
    ...body,
    hasChildren: reading.isReferredTo('tracking-categories', textAt(body, 'id') ?? ''),
  }),
});
