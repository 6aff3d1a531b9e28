import { describe, expect, test } from 'vitest';
import { fakeModel } from '../../cli/convert/fake-model.ts';
import { planKeys } from '../../src/weights/checkpoint-keys.ts';
import { layoutTensors } from '../../src/weights/layout.ts';

const { architecture, widths } = fakeModel('tiny');
const ALL = [...layoutTensors(architecture, widths)].map(({ name }) => name);
const of = (network: string): string[] => ALL.filter((name) => name.startsWith(`${network}.`));
const under = (prefix: string, names: readonly string[]): string[] => names.map((name) => `${prefix}${name}`);
/** Names inside a network: `decoder.conv1.conv.weight` → `conv1.conv.weight`. */
const inside = (network: string): string[] => of(network).map((name) => name.slice(network.length + 1));

const HYPERSTYLE = [...of('hypernet'), ...of('decoder')];

describe('networks are found by what only they have', () => {
  test.each([
    ['as published', (name: string) => `state_dict.${name}`],
    ['a state_dict at the top', (name: string) => name],
    ['data-parallel', (name: string) => `state_dict.module.${name}`],
    ['compiled', (name: string) => `state_dict._orig_mod.${name}`],
    ['compiled, then data-parallel', (name: string) => `state_dict.module._orig_mod.${name}`],
    ['a wrapper nobody has heard of', (name: string) => `state_dict.trainer.net_v2.${name}`],
    ['another container', (name: string) => `model_state.${name}`],
    ['networks wrapped one by one', (name: string) => `state_dict.${name.replace('.', '.module.')}`],
    ['sharded modules inside', (name: string) => name.replace('.body.', '._fsdp_wrapped_module.body._orig_mod.')],
  ])('%s', (_, wrap) => {
    const plan = planKeys([...HYPERSTYLE.map(wrap), 'latent_avg']);
    expect([...plan.taken]).toEqual(HYPERSTYLE.map((name) => [name, wrap(name)]));
    expect(plan.averages).toEqual(['latent_avg']);
    expect(plan.leftOut).toEqual([]);
  });

  test.each([
    ['g_ema', 'g_ema.'],
    ['g_ema, data-parallel', 'g_ema.module.'],
    ['g alone', 'g._orig_mod.'],
    ['a bare state_dict', ''],
    ['a key of its own', 'params_ema.'],
    ['an attribute of a module', 'model.generator.'],
  ])('a generator: %s', (_, prefix) => {
    const plan = planKeys(under(prefix, inside('decoder')));
    expect([...plan.taken]).toEqual(inside('decoder').map((name) => [`decoder.${name}`, `${prefix}${name}`]));
  });

  test('of several generators the moving average is read, the rest is left out', () => {
    const paths = [
      ...under('g.module.', inside('decoder')),
      ...under('g_ema.', inside('decoder')),
      'd.convs.0.0.weight',
    ];
    const plan = planKeys(paths);
    expect(plan.taken.get('decoder.conv1.conv.weight')).toBe('g_ema.conv1.conv.weight');
    expect(plan.leftOut).toEqual(paths.filter((path) => !path.startsWith('g_ema.')));
  });

  test('the generator beside the hypernetwork is read, not one inside an encoder that was saved along', () => {
    const paths = [...under('w_encoder.', [...of('encoder'), ...of('decoder')]), ...HYPERSTYLE];
    const plan = planKeys(under('state_dict.', paths));
    expect(plan.taken.get('decoder.conv1.conv.weight')).toBe('state_dict.decoder.conv1.conv.weight');
    expect(plan.taken.get('encoder.input_layer.0.weight')).toBe('state_dict.w_encoder.encoder.input_layer.0.weight');
    expect(plan.leftOut).toEqual(under('state_dict.w_encoder.', of('decoder')));
  });

  test('an encoder or a hypernetwork saved alone', () => {
    expect([...planKeys(inside('encoder')).taken.keys()]).toEqual(of('encoder'));
    expect([...planKeys(under('net.', inside('hypernet'))).taken.keys()]).toEqual(of('hypernet'));
  });

  test('without a network, what is at the top or in state_dict keeps its name', () => {
    const plan = planKeys(['smile', 'state_dict.age', 'optimizer.state.0', 'module.x']);
    expect([...plan.taken]).toEqual([
      ['smile', 'smile'],
      ['age', 'state_dict.age'],
      ['x', 'module.x'],
    ]);
    expect(plan.leftOut).toEqual(['optimizer.state.0']);
  });
});

describe('the average latent', () => {
  const generator = (prefix: string): string[] => under(prefix, inside('decoder'));
  test.each([
    ['beside g_ema', ['latent_avg'], ['latent_avg']],
    ['inside g_ema', ['g_ema.latent_avg'], ['g_ema.latent_avg']],
    ['as mean_latent', ['mean_latent'], ['mean_latent']],
    ['as w_avg inside', ['g_ema.w_avg'], ['g_ema.w_avg']],
    ['in a list', ['latent_avg.0', 'latent_avg.1'], ['latent_avg.0', 'latent_avg.1']],
    ['of the other generator and of this', ['g.mean_latent', 'g_ema.mean_latent'], ['g_ema.mean_latent']],
    ['nowhere', ['latent_average_of_nothing'], []],
  ])('%s', (_, paths, expected) => {
    expect(planKeys([...generator('g_ema.'), ...paths]).averages).toEqual(expected);
  });

  test('of a generator of stylegan2-ada-pytorch', () => {
    const ada = ['synthesis.b4.const', 'mapping.fc0.weight', 'mapping.w_avg'];
    const plan = planKeys([...under('G.', ada), ...under('G_ema.module.', ada)]);
    expect(plan.averages).toEqual(['G_ema.module.mapping.w_avg']);
    expect([...plan.taken]).toEqual([
      ['decoder.input.input', 'G_ema.module.synthesis.b4.const'],
      ['decoder.style.1.weight', 'G_ema.module.mapping.fc0.weight'],
    ]);
    expect(plan.ada).toEqual(ada);
  });
});
