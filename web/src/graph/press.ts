/** What is to happen when no pointer is pressed any more. */
let held: (() => void)[] = [];
let isPressed = false;
const modifiers: ReadonlySet<string> = new Set(['Alt', 'AltGraph', 'Control', 'Meta', 'Shift']);

/**
 * Runs `change` behind the work of now, but while a pointer is pressed only when it was let go. A press counts where it ends: if a
 * list changed in between, the row would no longer be under the pointer, and the press would be lost.
 */
export function whenNotPressed(change: () => void): void {
  if (isPressed) held.push(change);
  else setTimeout(change);
}

/** Watches the pointers of the window for {@link whenNotPressed}. */
export function watchPresses(): void {
  const options = { capture: true, passive: true };
  const begin = () => {
    isPressed = true;
  };
  const end = () => {
    if (!isPressed) return;
    isPressed = false;
    const changes = held;
    held = [];
    // Behind the click, which follows the end of the press.
    for (const change of changes) setTimeout(change);
  };
  window.addEventListener('pointerdown', begin, options);
  // A press that opens the menu of the browser ends there, and keys are used when the pointer is not.
  for (const type of ['pointerup', 'pointercancel', 'dragend', 'contextmenu'])
    window.addEventListener(type, end, options);
  window.addEventListener('keydown', ({ key }) => !modifiers.has(key) && end(), options); // a modifier belongs to the press
  window.addEventListener('blur', end);
  document.addEventListener('visibilitychange', end);
  // A press of a scroll bar has no end, and one that ends outside of the window has none here.
  window.addEventListener('pointermove', ({ buttons }) => buttons === 0 && end(), options);
}
