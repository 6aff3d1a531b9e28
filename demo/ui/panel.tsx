/** The panel beside the stage: one tab a purpose. Arrow keys go from tab to tab, as readers of tab lists expect. */
import type { ComponentType } from 'preact';
import { TABS, type Tab } from '../state/app.ts';
import { useApp } from './context.ts';
import { EditPanel } from './edit-panel.tsx';
import { MethodsPanel } from './methods-panel.tsx';
import { ModelPanel } from './model-panel.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { PersonPanel } from './person-panel.tsx';
import { SavePanel } from './save-panel.tsx';

const PANELS: Readonly<Record<Tab, { readonly title: string; readonly view: ComponentType }>> = {
  edit: { title: 'Edit', view: EditPanel },
  person: { title: 'Person', view: PersonPanel },
  people: { title: 'People', view: PeoplePanel },
  methods: { title: 'Methods', view: MethodsPanel },
  save: { title: 'Save', view: SavePanel },
  model: { title: 'Model', view: ModelPanel },
};

/** The panel. */
export function Panel() {
  const app = useApp();
  const { tab } = app;
  const View = PANELS[tab.value].view;
  const keys = (event: KeyboardEvent): void => {
    const step = Number(event.key === 'ArrowRight') - Number(event.key === 'ArrowLeft');
    if (step === 0) return;
    const next = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length] ?? 'edit';
    tab.value = next;
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <aside class="panel" aria-label="Controls">
      <div class="tabs" role="tablist" aria-label="Controls" onKeyDown={keys}>
        {TABS.map((name) => (
          <button
            type="button"
            key={name}
            id={`tab-${name}`}
            role="tab"
            aria-selected={tab.value === name}
            aria-controls="panel-body"
            tabIndex={tab.value === name ? 0 : -1}
            onClick={() => {
              tab.value = name;
            }}
          >
            {PANELS[name].title}
          </button>
        ))}
      </div>
      <div id="panel-body" class="panel-body" role="tabpanel" aria-labelledby={`tab-${tab.value}`}>
        <View />
      </div>
    </aside>
  );
}
