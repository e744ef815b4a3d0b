import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const spanish: Partial<Texts> = {
  next: 'Siguiente',
  back: 'Atrás',
  cancel: 'Cancelar',
  continue: 'Continuar',
  yes: 'Sí',
  no: 'No',
  tryAgain: 'Intentar de nuevo',
  toContinueTo: (application) => `para continuar a ${application}`,
  signIn: 'Iniciar sesión',
  userName: 'Nombre de usuario',
  enterPassword: 'Escriba su contraseña',
  password: 'Contraseña',
  useCertificate: 'Usar un certificado o una tarjeta inteligente',
  otherWays: 'Otras formas de iniciar sesión',
  usePassword: 'Usar su contraseña',
  couldNotSignIn: 'No se pudo iniciar la sesión',
  useAnotherCertificate: 'Usar otro certificado',
  moreDetails: 'Más detalles',
  pickAccount: 'Elegir una cuenta',
  useAnotherAccount: 'Usar otra cuenta',
  staySignedIn: '¿Mantener la sesión iniciada?',
  signedOut: 'Ha cerrado la sesión',
  signInAgain: 'Volver a iniciar sesión',
  signOut: 'Cerrar sesión',
};
