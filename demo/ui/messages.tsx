/** Words that come and go: errors as a card that covers nothing important, and what runs at the moment below the stage. */
import { useApp } from './context.ts';

/** The error of the moment. */
export function NoticeCard() {
  const { notices } = useApp().desk;
  const notice = notices.current.value;
  return (
    <div class="notice-place" role="alert">
      {notice && (
        <div id="notice" class="notice">
          <p>{notice.text}</p>
          {notice.repair && (
            <button
              type="button"
              onClick={() => {
                notices.clear();
                notice.repair?.work();
              }}
            >
              {notice.repair.label}
            </button>
          )}
          <button type="button" class="quiet" onClick={() => notices.clear()}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}

/** What runs, how far it is and how it is stopped; else what the stage shows, in words. Its height never changes. */
export function StatusLine() {
  const app = useApp();
  const { tasks, model, stage } = app.desk;
  const loading = model.loading.value;
  const task = tasks.current.value;
  const view = loading ?? task;
  return (
    <div class="status-line">
      {view ? (
        <>
          <div class="task">
            <p>
              <strong id="task-phase">{view.phase}</strong> <span>{view.detail}</span>
            </p>
            <progress
              aria-labelledby="task-phase"
              max={1}
              {...(view.share === undefined ? {} : { value: view.share })}
            />
          </div>
          {!loading && app.desk.person.value && task?.phase.startsWith('Tuning') && (
            <button type="button" id="stop-tuning" onClick={() => app.person.stopTuning()}>
              Stop and keep
            </button>
          )}
          <button type="button" id="cancel" onClick={() => (loading ? model.cancel() : tasks.cancel())}>
            Cancel
          </button>
        </>
      ) : (
        <p id="status" class="muted">
          {stage.status.value}
        </p>
      )}
      <p class="unseen" role="status">
        {view ? view.phase : stage.status.value}
      </p>
    </div>
  );
}
