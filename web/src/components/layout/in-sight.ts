import { type RefObject, useEffect, useRef } from 'react';

/**
 * A frame that scrolls sideways on a narrow screen. Answers its ref.
 * @param scroll puts what matters in sight; it is called when the frame has another size, or `about` is another one
 */
export function useInSight(scroll: (frame: HTMLElement) => void, about: unknown): RefObject<HTMLDivElement | null> {
  const frame = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is in sight depends on what it is about.
  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const observer = new ResizeObserver(() => scroll(current));
    observer.observe(current);
    return () => observer.disconnect();
  }, [about]);
  return frame;
}
