import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const portuguese: Partial<Texts> = {
  next: 'Seguinte',
  back: 'Voltar',
  cancel: 'Cancelar',
  continue: 'Continuar',
  yes: 'Sim',
  no: 'Não',
  tryAgain: 'Tentar novamente',
  toContinueTo: (application) => `para continuar para ${application}`,
  signIn: 'Iniciar sessão',
  userName: 'Nome de utilizador',
  enterPassword: 'Introduza a palavra-passe',
  password: 'Palavra-passe',
  useCertificate: 'Utilizar um certificado ou smart card',
  otherWays: 'Outras formas de iniciar sessão',
  usePassword: 'Utilizar a palavra-passe',
  couldNotSignIn: 'Não foi possível iniciar a sessão',
  useAnotherCertificate: 'Utilizar outro certificado',
  moreDetails: 'Mais detalhes',
  pickAccount: 'Escolher uma conta',
  useAnotherAccount: 'Utilizar outra conta',
  staySignedIn: 'Manter a sessão iniciada?',
  signedOut: 'A sessão foi terminada',
  signInAgain: 'Iniciar sessão novamente',
  signOut: 'Terminar sessão',
};
