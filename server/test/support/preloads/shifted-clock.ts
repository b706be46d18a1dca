/** For `node --import`: the wall clock of this process is CLOCK_SHIFT_MS wrong. Its stopwatch is not, as in life. */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const now = () => Math.floor(performance.timeOrigin + performance.now() + shiftMs);

globalThis.Date = new Proxy(Date, {
  construct: (target, args: unknown[], newTarget: () => void): object =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
  get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
});
