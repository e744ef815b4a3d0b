import { useParams } from '@tanstack/react-router';

/** The parameter `$id` of the address. */
export const useId = (): string => (useParams({ strict: false }) as { readonly id?: string }).id ?? '';
