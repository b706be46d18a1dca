import { expect, test } from 'vitest';
import { findIdentity } from './embedded-identity.ts';

const ROOT = 'root:x:0:0:root:/root:/bin/bash';
const NOBODY = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin';
const POSTGRES = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash';

test.each([
  { passwd: [ROOT, NOBODY, POSTGRES], identity: { uid: 101, gid: 104 } },
  { passwd: [ROOT, NOBODY], identity: { uid: 65_534, gid: 65_533 } },
  { passwd: [ROOT, 'nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false'], identity: { uid: -2, gid: -2 } },
  { passwd: [ROOT], identity: undefined },
  { passwd: ['postgres:x:0:0:root by another name:/:/bin/sh'], identity: undefined },
  { passwd: ['postgres:x', NOBODY], identity: { uid: 65_534, gid: 65_533 } },
])('the database runs as postgres, else as nobody, and never as root: $passwd', ({ passwd, identity }) => {
  expect(findIdentity(passwd.join('\n'))).toEqual(identity);
});
