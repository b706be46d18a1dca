/** Tells a path that exists with another verb (405) from one that does not exist at all (404). */

export interface KnownPaths {
  readonly add: (pattern: string, methods: readonly string[]) => void;
  /** The verbs that the path takes; empty for a path that nothing answers. */
  readonly methodsFor: (path: string) => readonly string[];
}

export function makeKnownPaths(): KnownPaths {
  const routes = new Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>();
  return {
    add: (pattern, methods) => {
      const route = routes.get(pattern) ?? { matches: toExpression(pattern), methods: new Set() };
      for (const method of methods) route.methods.add(method);
      routes.set(pattern, route);
    },
    methodsFor: (path) => {
      const methods = new Set<string>();
      for (const route of routes.values()) {
        if (route.matches.test(path)) for (const method of route.methods) methods.add(method);
      }
      return [...methods].toSorted();
    },
  };
}

function toExpression(pattern: string): RegExp {
  const segments = pattern.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+';
    return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}
