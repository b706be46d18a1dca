/**
 * Keeps what Node compiles of our files for a test, so that the next file's process need not do it again. By itself a
 * process would keep it when it ends, and Vitest's are ended by a signal.
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { afterAll } from 'vitest';

// Where NODE_COMPILE_CACHE says, which comes too late to be noticed by Node itself.
enableCompileCache();
afterAll(() => flushCompileCache());
