import { z } from 'zod';
import { hint } from '#schema/form.ts';

/** The language of the files of a branding. */
export const localeQuery = z.object({ l: hint() });
