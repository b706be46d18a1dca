/**
 * One lane for each consumer: what is held for it in this process, at most so many sent at once. A consumer that is slow
 * fills its own lane and no other. What another process lost has places of its own beside: behind a consumer that never
 * answers it would wait for as long as its backlog takes.
 */

export interface Lanes<Message> {
  readonly add: (consumerId: string, message: Message, isLost?: boolean) => void;
  /** Consumers for which enough is held. */
  readonly full: () => string[];
  /** Empties the queues and gives back what was in them. */
  readonly takeQueued: () => Message[];
  /** Resolves once nothing is being sent or stored. */
  readonly idle: () => Promise<void>;
}

export interface LanesOptions<Message> {
  /** Of those that were lost as many again. */
  readonly inFlightMax: number;
  /** A lane with this many messages is full; held for it are those queued, being sent and being stored. */
  readonly fullAt: number;
  /** Sends; its place is free once it resolves. Gives back what is still to do before the message is let go. */
  readonly send: (message: Message) => Promise<() => Promise<void>>;
  /** Called when a lane is full no longer. */
  readonly onRoom: () => void;
  /** Neither part of `send` is meant to fail; where one does, the message is let go. */
  readonly onError: (error: unknown) => void;
}

interface Lane<Message> {
  readonly ordinary: Track<Message>;
  readonly lost: Track<Message>;
  held: number;
}

interface Track<Message> {
  queue: Message[];
  inFlight: number;
}

export function makeLanes<Message>(options: LanesOptions<Message>): Lanes<Message> {
  const lanes = new Map<string, Lane<Message>>();
  const running = new Set<Promise<void>>();

  const laneOf = (consumerId: string): Lane<Message> => {
    const lane = lanes.get(consumerId) ?? {
      ordinary: { queue: [], inFlight: 0 },
      lost: { queue: [], inFlight: 0 },
      held: 0,
    };
    lanes.set(consumerId, lane);
    return lane;
  };

  const letGo = (consumerId: string, lane: Lane<Message>, count: number) => {
    const wasFull = lane.held >= options.fullAt;
    lane.held -= count;
    if (lane.held === 0) lanes.delete(consumerId);
    if (wasFull && lane.held < options.fullAt) options.onRoom();
  };

  const startNext = (consumerId: string, lane: Lane<Message>, track: Track<Message>) => {
    while (track.inFlight < options.inFlightMax) {
      const message = track.queue.shift();
      if (message === undefined) return;
      track.inFlight += 1;
      const run = runThrough(consumerId, lane, track, message);
      running.add(run);
      void run.then(() => running.delete(run));
    }
  };

  const runThrough = async (
    consumerId: string,
    lane: Lane<Message>,
    track: Track<Message>,
    message: Message,
  ): Promise<void> => {
    try {
      const store = await options.send(message).finally(() => {
        track.inFlight -= 1;
        startNext(consumerId, lane, track);
      });
      await store();
    } catch (error) {
      options.onError(error);
    } finally {
      letGo(consumerId, lane, 1);
    }
  };

  return {
    add: (consumerId, message, isLost = false) => {
      const lane = laneOf(consumerId);
      const track = isLost ? lane.lost : lane.ordinary;
      lane.held += 1;
      track.queue.push(message);
      startNext(consumerId, lane, track);
    },
    full: () => [...lanes].filter(([, lane]) => lane.held >= options.fullAt).map(([consumerId]) => consumerId),
    takeQueued: () =>
      [...lanes].flatMap(([consumerId, lane]) => {
        const queued = [...lane.lost.queue, ...lane.ordinary.queue];
        lane.lost.queue = [];
        lane.ordinary.queue = [];
        letGo(consumerId, lane, queued.length);
        return queued;
      }),
    idle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
