import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const french: Partial<Texts> = {
  next: 'Suivant',
  back: 'Retour',
  cancel: 'Annuler',
  continue: 'Continuer',
  yes: 'Oui',
  no: 'Non',
  tryAgain: 'Réessayer',
  toContinueTo: (application) => `pour accéder à ${application}`,
  signIn: 'Se connecter',
  userName: 'Nom d’utilisateur',
  enterPassword: 'Entrez votre mot de passe',
  password: 'Mot de passe',
  useCertificate: 'Utiliser un certificat ou une carte à puce',
  otherWays: 'Autres façons de se connecter',
  usePassword: 'Utiliser votre mot de passe',
  couldNotSignIn: 'Désolé, la connexion a échoué',
  useAnotherCertificate: 'Utiliser un autre certificat',
  moreDetails: 'Plus de détails',
  pickAccount: 'Choisir un compte',
  useAnotherAccount: 'Utiliser un autre compte',
  staySignedIn: 'Rester connecté ?',
  signedOut: 'Vous êtes déconnecté',
  signInAgain: 'Se reconnecter',
  signOut: 'Se déconnecter',
};
