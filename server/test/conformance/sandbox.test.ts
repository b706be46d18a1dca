/** The conformance suite over the sandbox connector, against a real sandbox process. */
import { describeConformance } from '../../src/connectors/conformance.ts';
import { sandboxConnectorAt, startSandboxProcess } from './sandbox-process.ts';

describeConformance(
  sandboxConnectorAt(() => 'http://sandbox.invalid'),
  startSandboxProcess,
);
