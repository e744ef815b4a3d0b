import type { SentenceCode } from '../alike.ts';

/** Machine-made translation: a speaker of the language has not reviewed it yet. */
export const frenchReasons: Readonly<Record<SentenceCode, string>> = {
  certificateMissing:
    'Aucun certificat n’a été envoyé. Insérez votre carte à puce ou choisissez un certificat, puis réessayez.',
  certificateUnreadable: 'Le certificat n’a pas pu être lu. Choisissez un autre certificat.',
  forwardedCertificateForeign: 'Votre certificat n’est pas arrivé par une voie fiable. Contactez votre administrateur.',
  issuerNotTrusted:
    'Votre certificat a été émis par une autorité qui n’est pas approuvée ici. Choisissez un autre certificat.',
  signatureWrong:
    'Ce certificat ne peut pas être utilisé ici. Choisissez un autre certificat ou contactez votre administrateur.',
  keyRefused: 'La clé de votre certificat est trop faible. Choisissez un autre certificat.',
  certificateNotCurrent:
    'Votre certificat a expiré ou n’est pas encore valide. Choisissez un autre certificat ou faites-le renouveler.',
  extendedKeyUsageForbids: 'Votre certificat n’est pas destiné à la connexion. Choisissez un autre certificat.',
  certificateRevoked: 'Votre certificat a été révoqué. Choisissez un autre certificat ou demandez-en un nouveau.',
  authorityRevoked: 'L’autorité qui a émis votre certificat a été révoquée. Contactez votre administrateur.',
  certificateBlocked: 'Votre certificat a été bloqué par votre administrateur.',
  crlExpired: 'La liste de révocation de votre certificat n’est plus à jour. Contactez votre administrateur.',
  crlNotYetValid: 'La liste de révocation de votre certificat n’est pas encore valide. Contactez votre administrateur.',
  crlDownloadFailed:
    'La liste de révocation de votre certificat n’a pas pu être téléchargée. Contactez votre administrateur.',
  crlMissing: 'On ne sait pas si votre certificat est révoqué. Contactez votre administrateur.',
  crlIncomplete: 'La liste de révocation de votre certificat est incomplète. Réessayez dans quelques minutes.',
  signInFault:
    'Un problème est survenu de notre côté. Réessayez ; si cela se reproduit, contactez votre administrateur.',
  crlTimedOut: 'La vérification de votre certificat a pris trop de temps. Réessayez dans quelques minutes.',
  crlDownloadSlow:
    'La liste de révocation de votre certificat est encore en cours de téléchargement. Réessayez dans quelques minutes.',
  crlDownloadInProgress:
    'La liste de révocation de votre certificat est en cours de téléchargement. Réessayez dans quelques minutes.',
  crlTooLarge: 'La liste de révocation de votre certificat est volumineuse. Réessayez dans quelques minutes.',
  passwordWrong: 'Votre compte ou votre mot de passe est incorrect.',
  bindingMismatch:
    'Ce certificat n’appartient pas à ce compte. Choisissez un autre certificat ou connectez-vous avec un autre compte.',
  accountDisabled: 'Votre compte a été verrouillé. Contactez votre administrateur.',
  certificateMethodDisabled: 'La connexion par certificat n’est pas proposée ici.',
  accountNotInScope:
    'La stratégie de votre organisation sur les méthodes de connexion a bloqué la connexion. Connectez-vous d’une autre façon.',
  authorityNotForUser: 'Ce certificat n’est pas destiné à votre compte. Choisissez un autre certificat.',
  bindingsMissing:
    'La stratégie de certificats de votre organisation n’a pas pu être lue. Contactez votre administrateur.',
  bindingValueMissing: 'Votre certificat n’indique pas qui vous êtes. Choisissez un autre certificat.',
  accessBlocked: 'Vous ne pouvez pas y accéder d’ici : la stratégie de votre organisation l’empêche.',
  secondFactorNeeded: 'Il manque une information : confirmez votre identité avec un autre facteur.',
  secondFactorUnavailable:
    'Un autre facteur est nécessaire et vous n’en avez configuré aucun. Contactez votre administrateur.',
  certificateStrengthUnmet:
    'Votre certificat n’est pas assez fort pour cette connexion. Connectez-vous avec un autre certificat.',
  deviceNotCompliant:
    'Vous ne pouvez pas y accéder depuis cet appareil : il ne répond pas aux exigences de votre organisation.',
  deviceNotJoined: 'Vous ne pouvez pas y accéder depuis cet appareil : il n’appartient pas à votre organisation.',
  termsNotAccepted: 'Lisez et acceptez d’abord les conditions d’utilisation.',
  signInTooOld: 'Votre organisation vous demande de vous reconnecter.',
  temporaryAccessPassWrong:
    'Votre passe d’accès temporaire est incorrect ou ne peut plus être utilisé. Contactez votre administrateur.',
  oneTimeCodeWrong:
    'Ce code n’est pas correct. Saisissez le code que votre application d’authentification affiche maintenant.',
  passkeyWrong: 'Votre clé d’accès n’a pas pu être vérifiée. Réessayez ou connectez-vous d’une autre façon.',
  approvalRefused: 'Votre connexion n’a pas été approuvée. Réessayez ou connectez-vous d’une autre façon.',
  factorNotAsked: 'Cette méthode de connexion n’est pas disponible. Choisissez-en une autre.',
  triesExhausted:
    'Vous avez fait trop de tentatives. Attendez un peu et réessayez, ou connectez-vous d’une autre façon.',
  registrationRefused: 'L’enregistrement n’a pas abouti. Réessayez.',
  flowUnknown: 'Cette connexion n’est plus valide. Revenez à l’application et recommencez.',
  browserForeign:
    'Cette connexion est terminée ou a été commencée dans une autre fenêtre du navigateur. Revenez à l’application et recommencez.',
  formForeign:
    'Ce formulaire a été envoyé par un autre site web et n’a pas été accepté. Revenez à l’application et recommencez.',
  handoffUnknown: 'Votre certificat a été accepté, mais la réponse est arrivée trop tard ou a déjà servi. Réessayez.',
  tenantUnknown:
    'L’organisation de cette adresse n’est pas connue ici. Vérifiez l’adresse avec l’administrateur de l’application.',
  usernameMalformed: 'Saisissez un nom d’utilisateur valide, par exemple quelquun@example.com.',
  domainUnknown: 'Ce nom d’utilisateur est peut-être incorrect. Vérifiez que vous l’avez bien saisi.',
  userOfAnotherTenant: 'Votre compte appartient à une autre organisation que celle que cette application attend.',
  realmFederated:
    'Votre organisation vous connecte ailleurs. Ouvrez l’application depuis la page de connexion de votre organisation.',
  sessionUnproven: 'Votre session est terminée. Reconnectez-vous.',
  sessionRevoked: 'Votre session a été terminée par un administrateur. Reconnectez-vous.',
  applicationUnknown: 'Cette application n’est pas connue dans votre organisation.',
  redirectUriUnknown: 'Cette application demande une réponse à une adresse qui n’est pas enregistrée pour elle.',
  resourceUnknown: 'Cette application demande l’accès à un élément qui n’est pas connu dans votre organisation.',
  scopeUnknown: 'Cette application demande une autorisation qui n’existe pas.',
  consentMissing:
    'Cette application a besoin d’une autorisation que seul un administrateur peut accorder. Adressez-vous à votre administrateur.',
  userCodeUnknown: 'Ce code n’est pas correct, a expiré ou a déjà servi. Saisissez-le de nouveau.',
  userCodeGuessesExhausted:
    'Trop de codes incorrects ont été saisis. Attendez quelques minutes, puis saisissez le code affiché par votre appareil.',
  requestMalformed: 'L’application a envoyé une demande qui ne peut pas être comprise.',
  interactionNeeded: 'Vous devez vous reconnecter.',
  lastAdministratorShutOut:
    'Cet élément ne peut pas être supprimé : aucun administrateur de votre organisation ne pourrait plus se connecter. Ajoutez d’abord une autre méthode de connexion.',
  signInNotTheirs: 'Cette connexion n’est pas dans votre liste. Rechargez la page et réessayez.',
  sessionNotTheirs: 'Cette session est déjà terminée.',
  currentPasswordWrong: 'Votre mot de passe actuel est incorrect.',
  passwordUnchanged: 'Le nouveau mot de passe est identique à l’actuel. Choisissez-en un autre.',
  passwordsDiffer: 'Les deux nouveaux mots de passe ne sont pas identiques. Saisissez-les de nouveau.',
  passwordTooWeak:
    'Ce mot de passe est trop faible. Utilisez de 8 à 256 caractères de trois types : minuscules, majuscules, chiffres, signes.',
};
