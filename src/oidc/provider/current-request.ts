import { type KoaContextWithOIDC, Provider } from 'oidc-provider';

/** The request being answered, where the provider hands none down. Its own types leave this accessor out. */
export const currentRequest = (): KoaContextWithOIDC | undefined =>
  (Provider as unknown as { readonly ctx?: KoaContextWithOIDC }).ctx;
