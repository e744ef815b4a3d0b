import type { SentenceCode } from '../alike.ts';

/** Machine-made translation: a speaker of the language has not reviewed it yet. */
export const spanishReasons: Readonly<Record<SentenceCode, string>> = {
  certificateMissing:
    'No se ha enviado ningún certificado. Inserte la tarjeta inteligente o elija un certificado e inténtelo de nuevo.',
  certificateUnreadable: 'No se ha podido leer el certificado. Elija otro certificado.',
  forwardedCertificateForeign:
    'Su certificado no ha llegado por una vía de confianza. Póngase en contacto con su administrador.',
  issuerNotTrusted: 'Su certificado lo ha emitido una entidad en la que aquí no se confía. Elija otro certificado.',
  signatureWrong:
    'Este certificado no se puede usar aquí. Elija otro certificado o póngase en contacto con su administrador.',
  keyRefused: 'La clave de su certificado es demasiado débil. Elija otro certificado.',
  certificateNotCurrent:
    'Su certificado ha caducado o aún no es válido. Elija otro certificado o haga que lo renueven.',
  extendedKeyUsageForbids: 'Su certificado no está destinado a iniciar sesión. Elija otro certificado.',
  certificateRevoked: 'Su certificado se ha revocado. Elija otro certificado o solicite uno nuevo.',
  authorityRevoked: 'La entidad que emitió su certificado se ha revocado. Póngase en contacto con su administrador.',
  certificateBlocked: 'Su administrador ha bloqueado su certificado.',
  crlExpired: 'La lista de revocación de su certificado no está actualizada. Póngase en contacto con su administrador.',
  crlNotYetValid:
    'La lista de revocación de su certificado aún no es válida. Póngase en contacto con su administrador.',
  crlDownloadFailed:
    'No se ha podido descargar la lista de revocación de su certificado. Póngase en contacto con su administrador.',
  crlMissing: 'No se sabe si su certificado está revocado. Póngase en contacto con su administrador.',
  crlIncomplete: 'La lista de revocación de su certificado está incompleta. Inténtelo de nuevo dentro de unos minutos.',
  signInFault:
    'Ha habido un problema por nuestra parte. Inténtelo de nuevo; si vuelve a ocurrir, póngase en contacto con su administrador.',
  crlTimedOut: 'La comprobación de su certificado ha tardado demasiado. Inténtelo de nuevo dentro de unos minutos.',
  crlDownloadSlow:
    'La lista de revocación de su certificado todavía se está descargando. Inténtelo de nuevo dentro de unos minutos.',
  crlDownloadInProgress:
    'La lista de revocación de su certificado se está descargando. Inténtelo de nuevo dentro de unos minutos.',
  crlTooLarge: 'La lista de revocación de su certificado es grande. Inténtelo de nuevo dentro de unos minutos.',
  passwordWrong: 'Su cuenta o contraseña no es correcta.',
  bindingMismatch:
    'Este certificado no pertenece a esta cuenta. Elija otro certificado o inicie sesión con otra cuenta.',
  accountDisabled: 'Su cuenta se ha bloqueado. Póngase en contacto con su administrador.',
  certificateMethodDisabled: 'Aquí no se ofrece iniciar sesión con un certificado.',
  accountNotInScope:
    'La directiva de su organización sobre formas de iniciar sesión ha bloqueado el inicio. Inicie sesión de otra forma.',
  authorityNotForUser: 'Este certificado no está destinado a su cuenta. Elija otro certificado.',
  bindingsMissing:
    'No se ha podido leer la directiva de certificados de su organización. Póngase en contacto con su administrador.',
  bindingValueMissing: 'Su certificado no indica quién es usted. Elija otro certificado.',
  accessBlocked: 'No puede llegar desde aquí: la directiva de su organización lo impide.',
  secondFactorNeeded: 'Falta algo más: confirme su identidad con otro factor.',
  secondFactorUnavailable:
    'Hace falta otro factor y no tiene ninguno configurado. Póngase en contacto con su administrador.',
  certificateStrengthUnmet:
    'Su certificado no es lo bastante fuerte para este inicio de sesión. Inicie sesión con otro certificado.',
  deviceNotCompliant: 'No puede llegar desde este dispositivo: no cumple los requisitos de su organización.',
  deviceNotJoined: 'No puede llegar desde este dispositivo: no pertenece a su organización.',
  termsNotAccepted: 'Lea y acepte primero las condiciones de uso.',
  signInTooOld: 'Su organización le pide que inicie sesión de nuevo.',
  temporaryAccessPassWrong:
    'Su pase de acceso temporal no es correcto o ya no se puede usar. Póngase en contacto con su administrador.',
  oneTimeCodeWrong: 'Ese código no es correcto. Escriba el código que muestra ahora su aplicación de autenticación.',
  passkeyWrong: 'No se ha podido comprobar su llave de acceso. Inténtelo de nuevo o inicie sesión de otra forma.',
  approvalRefused: 'No se ha aprobado su inicio de sesión. Inténtelo de nuevo o inicie sesión de otra forma.',
  factorNotAsked: 'Esta forma de iniciar sesión no está disponible. Elija otra.',
  triesExhausted:
    'Lo ha intentado demasiadas veces. Espere un rato e inténtelo de nuevo, o inicie sesión de otra forma.',
  registrationRefused: 'No se ha podido registrar. Inténtelo de nuevo.',
  flowUnknown: 'Este inicio de sesión ya no es válido. Vuelva a la aplicación y empiece de nuevo.',
  browserForeign:
    'Este inicio de sesión ha terminado o se empezó en otra ventana del navegador. Vuelva a la aplicación y empiece de nuevo.',
  formForeign: 'Otro sitio web envió este formulario y no se ha aceptado. Vuelva a la aplicación y empiece de nuevo.',
  handoffUnknown:
    'Su certificado se ha aceptado, pero la respuesta llegó demasiado tarde o ya se usó. Inténtelo de nuevo.',
  tenantUnknown:
    'La organización de esta dirección no se conoce aquí. Compruebe la dirección con el administrador de la aplicación.',
  usernameMalformed: 'Escriba un nombre de usuario válido, por ejemplo alguien@example.com.',
  domainUnknown: 'Puede que este nombre de usuario no sea correcto. Compruebe que lo ha escrito bien.',
  userOfAnotherTenant: 'Su cuenta pertenece a otra organización distinta de la que espera esta aplicación.',
  realmFederated:
    'Su organización inicia la sesión en otro lugar. Abra la aplicación desde la página de inicio de sesión de su organización.',
  sessionUnproven: 'Su sesión ha terminado. Inicie sesión de nuevo.',
  sessionRevoked: 'Un administrador ha terminado su sesión. Inicie sesión de nuevo.',
  applicationUnknown: 'Esta aplicación no se conoce en su organización.',
  redirectUriUnknown: 'Esta aplicación pide la respuesta en una dirección que no está registrada para ella.',
  resourceUnknown: 'Esta aplicación pide acceso a algo que no se conoce en su organización.',
  scopeUnknown: 'Esta aplicación pide un permiso que no existe.',
  consentMissing:
    'Esta aplicación necesita un permiso que solo un administrador puede conceder. Pídaselo a su administrador.',
  userCodeUnknown: 'Este código no es correcto, ha caducado o ya se ha usado. Escríbalo de nuevo.',
  userCodeGuessesExhausted:
    'Se han escrito demasiados códigos incorrectos. Espere unos minutos y escriba después el código que muestra su dispositivo.',
  requestMalformed: 'La aplicación ha enviado una solicitud que no se entiende.',
  interactionNeeded: 'Tiene que iniciar sesión de nuevo.',
  lastAdministratorShutOut:
    'Esto no se puede quitar: después ningún administrador de su organización podría iniciar sesión. Añada primero otra forma de iniciar sesión.',
  signInNotTheirs: 'Este inicio de sesión no está en su lista. Vuelva a cargar la página e inténtelo de nuevo.',
  sessionNotTheirs: 'Esta sesión ya ha terminado.',
  currentPasswordWrong: 'Su contraseña actual no es correcta.',
  passwordUnchanged: 'La contraseña nueva es igual que la actual. Elija otra.',
  passwordsDiffer: 'Las dos contraseñas nuevas no son iguales. Escríbalas de nuevo.',
  passwordTooWeak:
    'Esta contraseña es demasiado débil. Use de 8 a 256 caracteres de tres tipos: minúsculas, mayúsculas, cifras, signos.',
};
