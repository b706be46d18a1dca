// What a caller sends never becomes markup.
import { expect, test } from 'vitest';
import { html } from './html.ts';

test('text put into a page stays text, inside elements and inside attributes', () => {
  const name = `<script>alert("1")</script> & 'Co'`;
  expect(html`<p title="${name}">${name}</p>`.html).toBe(
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Co&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Co&#39;</p>',
  );
});

test('a template inside a template is not escaped again, in lists as well; what is absent leaves nothing', () => {
  const rows = ['a', 'b<'].map((each) => html`<li>${each}</li>`);
  expect(
    html`<ul>
      ${rows}${undefined}${false}
    </ul>`.html.replaceAll(/\s+/g, ''),
  ).toBe('<ul><li>a</li><li>b&lt;</li></ul>');
});
