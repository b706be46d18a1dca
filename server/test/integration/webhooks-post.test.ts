/** The bounds of one delivery attempt: time, and the addresses it may go to. */
import { afterEach, describe, expect, it } from 'vitest';
import { makePublicLookup } from '../../src/webhooks/addresses.ts';
import { isDelivered, makePoster, type Poster } from '../../src/webhooks/post.ts';
import { answer, neverAnswer, startTestConsumer, type TestConsumer } from '../support/webhook-consumer.ts';

let consumer: TestConsumer | undefined;
let poster: Poster | undefined;
afterEach(async () => {
  poster?.close();
  await consumer?.close();
});

const request = (url: string) => ({ url, headers: {}, body: '{}' });

describe('an attempt', () => {
  it('ends at the limit when nothing is answered', async () => {
    consumer = await startTestConsumer(neverAnswer);
    poster = makePoster({ allowPrivate: true, answerLimitMs: 50 });
    const outcome = await poster.post(request(consumer.url));
    expect(outcome).toMatchObject({ statusCode: undefined, error: 'no whole answer within 0.05 seconds' });
    expect(isDelivered(outcome)).toBe(false);
  });

  it('ends at the limit when the answer trickles', async () => {
    consumer = await startTestConsumer((_, response) => {
      response.writeHead(200);
      response.write('a little');
    });
    poster = makePoster({ allowPrivate: true, answerLimitMs: 50 });
    const outcome = await poster.post(request(consumer.url));
    expect(outcome).toMatchObject({ statusCode: 200, error: 'no whole answer within 0.05 seconds' });
    expect(isDelivered(outcome)).toBe(false);
  });

  it.each([
    ['an address', (port: string) => `http://127.0.0.1:${port}/`],
    ['a name of this machine', (port: string) => `http://localhost.:${port}/`],
  ])('on an installation that forbids private addresses never reaches %s', async (_, urlOf) => {
    consumer = await startTestConsumer(answer(200));
    poster = makePoster({ allowPrivate: false });
    const outcome = await poster.post(request(urlOf(new URL(consumer.url).port)));
    expect(outcome.error).toMatch(/loopback or private/);
    expect(consumer.received).toHaveLength(0);
  });

  it('is refused at the moment of connecting, when a name leads to a private address by then', async () => {
    const look = (all: boolean) =>
      new Promise((resolve) => makePublicLookup()('localhost', { all }, (error) => resolve(error?.message)));
    expect(await look(true)).toMatch(/private address/);
    expect(await look(false)).toMatch(/private address/);
  });

  it('tells why nobody could be reached', async () => {
    consumer = await startTestConsumer();
    const { url } = consumer;
    await consumer.close();
    poster = makePoster({ allowPrivate: true });
    expect(await poster.post(request(url))).toMatchObject({
      statusCode: undefined,
      error: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('with bytes that cannot be stored keeps the rest of the answer', async () => {
    consumer = await startTestConsumer(answer(200, 'a\u0000b'));
    poster = makePoster({ allowPrivate: true });
    expect((await poster.post(request(consumer.url))).responseBody).toBe('a\uFFFDb');
  });
});
