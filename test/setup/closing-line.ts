/** Ends a run with `N passed, N failed`, the line scripts look for. */
import type { Reporter, TestModule } from 'vitest/node';

/** Counts tests; one that is expected to fail and does counts as passed, one that did not run counts as nothing. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      passed += tests.filter((test) => test.result().state === 'passed').length;
      failed += tests.filter((test) => !test.ok()).length;
      if (tests.length === 0 && !module.ok()) failed++;
    }
    process.once('exit', () => console.log(`${passed} passed, ${failed} failed`));
  }
}
