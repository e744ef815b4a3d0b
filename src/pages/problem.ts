import { html } from 'hono/html';
import { entraNumberOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import { type Language, sentenceIn } from '#languages/language.ts';
import type { Markup } from './page.ts';

/** A field of a form that a problem is about. */
export interface ProblemField {
  readonly id: string;
  readonly label: string;
}

/** What was wrong with what was typed, read out at once, with a link to the field; nothing where nothing was. */
export function problem(wrong: Because | undefined, language: Language, field: ProblemField): Markup | '' {
  if (!wrong) return '';
  return html`<p class="wrong" role="alert" id="wrong" data-code="AADSTS${entraNumberOf(wrong)}">${sentenceIn(language, wrong)}
<a href="#${field.id}">${language.say.correct(field.label)}</a></p>`;
}

/** Attributes of the field that the problem is about. */
export const describedBy = (wrong: Because | undefined): Markup | '' =>
  wrong ? html` aria-describedby="wrong" aria-invalid="true"` : '';

/** A page with a problem says so in its title, which is what a screen reader reads first. */
export const titleWith = (wrong: Because | undefined, { say }: Language, title: string): string =>
  wrong ? say.problemWith(title) : title;
