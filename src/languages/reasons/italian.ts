import type { SentenceCode } from '../alike.ts';

/** Machine-made translation: a speaker of the language has not reviewed it yet. */
export const italianReasons: Readonly<Record<SentenceCode, string>> = {
  certificateMissing:
    'Non è stato inviato nessun certificato. Inserisci la smart card o scegli un certificato, poi riprova.',
  certificateUnreadable: 'Il certificato non può essere letto. Scegli un altro certificato.',
  forwardedCertificateForeign: 'Il certificato non è arrivato per una via attendibile. Contatta l’amministratore.',
  issuerNotTrusted: 'Il certificato è stato emesso da un’autorità non attendibile qui. Scegli un altro certificato.',
  signatureWrong:
    'Questo certificato non può essere usato qui. Scegli un altro certificato o contatta l’amministratore.',
  keyRefused: 'La chiave del certificato è troppo debole. Scegli un altro certificato.',
  certificateNotCurrent:
    'Il certificato è scaduto o non è ancora valido. Scegli un altro certificato o fallo rinnovare.',
  extendedKeyUsageForbids: 'Il certificato non è destinato all’accesso. Scegli un altro certificato.',
  certificateRevoked: 'Il certificato è stato revocato. Scegli un altro certificato o chiedine uno nuovo.',
  authorityRevoked: 'L’autorità che ha emesso il certificato è stata revocata. Contatta l’amministratore.',
  certificateBlocked: 'Il certificato è stato bloccato dall’amministratore.',
  crlExpired: 'L’elenco di revoche del certificato non è aggiornato. Contatta l’amministratore.',
  crlNotYetValid: 'L’elenco di revoche del certificato non è ancora valido. Contatta l’amministratore.',
  crlDownloadFailed: 'Non è stato possibile scaricare l’elenco di revoche del certificato. Contatta l’amministratore.',
  crlMissing: 'Non si sa se il certificato è revocato. Contatta l’amministratore.',
  crlIncomplete: 'L’elenco di revoche del certificato è incompleto. Riprova tra qualche minuto.',
  signInFault: 'Qualcosa non ha funzionato da parte nostra. Riprova; se succede ancora, contatta l’amministratore.',
  crlTimedOut: 'La verifica del certificato ha richiesto troppo tempo. Riprova tra qualche minuto.',
  crlDownloadSlow: 'L’elenco di revoche del certificato è ancora in fase di scaricamento. Riprova tra qualche minuto.',
  crlDownloadInProgress: 'L’elenco di revoche del certificato è in fase di scaricamento. Riprova tra qualche minuto.',
  crlTooLarge: 'L’elenco di revoche del certificato è grande. Riprova tra qualche minuto.',
  passwordWrong: 'L’account o la password non è corretta.',
  bindingMismatch:
    'Questo certificato non appartiene a questo account. Scegli un altro certificato o accedi con un altro account.',
  accountDisabled: 'L’account è stato bloccato. Contatta l’amministratore.',
  certificateMethodDisabled: 'L’accesso con un certificato non è offerto qui.',
  accountNotInScope:
    'I criteri della tua organizzazione sui modi per accedere hanno bloccato l’accesso. Accedi in un altro modo.',
  authorityNotForUser: 'Questo certificato non è destinato al tuo account. Scegli un altro certificato.',
  bindingsMissing:
    'I criteri della tua organizzazione sui certificati non possono essere letti. Contatta l’amministratore.',
  bindingValueMissing: 'Il certificato non dice chi sei. Scegli un altro certificato.',
  accessBlocked: 'Da qui non puoi arrivarci: i criteri della tua organizzazione lo impediscono.',
  secondFactorNeeded: 'Manca qualcosa: conferma la tua identità con un altro fattore.',
  secondFactorUnavailable: 'Serve un altro fattore e non ne hai configurato nessuno. Contatta l’amministratore.',
  certificateStrengthUnmet:
    'Il certificato non è abbastanza forte per questo accesso. Accedi con un altro certificato.',
  deviceNotCompliant: 'Da questo dispositivo non puoi arrivarci: non soddisfa i requisiti della tua organizzazione.',
  deviceNotJoined: 'Da questo dispositivo non puoi arrivarci: non appartiene alla tua organizzazione.',
  termsNotAccepted: 'Prima leggi e accetta le condizioni d’uso.',
  signInTooOld: 'La tua organizzazione ti chiede di accedere di nuovo.',
  temporaryAccessPassWrong:
    'Il pass di accesso temporaneo non è corretto o non può più essere usato. Contatta l’amministratore.',
  oneTimeCodeWrong: 'Questo codice non è corretto. Digita il codice che l’app di autenticazione mostra ora.',
  passkeyWrong: 'Non è stato possibile verificare la passkey. Riprova o accedi in un altro modo.',
  approvalRefused: 'L’accesso non è stato approvato. Riprova o accedi in un altro modo.',
  factorNotAsked: 'Questo modo per accedere non è disponibile. Scegline un altro.',
  triesExhausted: 'Hai fatto troppi tentativi. Aspetta un po’ e riprova, o accedi in un altro modo.',
  registrationRefused: 'La registrazione non è riuscita. Riprova.',
  flowUnknown: 'Questo accesso non è più valido. Torna all’applicazione e ricomincia.',
  browserForeign:
    'Questo accesso è terminato o è stato iniziato in un’altra finestra del browser. Torna all’applicazione e ricomincia.',
  formForeign:
    'Questo modulo è stato inviato da un altro sito web e non è stato accettato. Torna all’applicazione e ricomincia.',
  handoffUnknown:
    'Il certificato è stato accettato, ma la risposta è arrivata troppo tardi o è già stata usata. Riprova.',
  tenantUnknown:
    'L’organizzazione in questo indirizzo non è conosciuta qui. Verifica l’indirizzo con l’amministratore dell’applicazione.',
  usernameMalformed: 'Digita un nome utente valido, ad esempio qualcuno@example.com.',
  domainUnknown: 'Questo nome utente potrebbe non essere corretto. Controlla di averlo digitato bene.',
  userOfAnotherTenant:
    'Il tuo account appartiene a un’altra organizzazione rispetto a quella attesa dall’applicazione.',
  realmFederated:
    'La tua organizzazione esegue l’accesso altrove. Apri l’applicazione dalla pagina di accesso della tua organizzazione.',
  sessionUnproven: 'La sessione è terminata. Accedi di nuovo.',
  sessionRevoked: 'La sessione è stata terminata da un amministratore. Accedi di nuovo.',
  applicationUnknown: 'Questa applicazione non è conosciuta nella tua organizzazione.',
  redirectUriUnknown: 'Questa applicazione chiede una risposta a un indirizzo che non è registrato per essa.',
  resourceUnknown: 'Questa applicazione chiede l’accesso a qualcosa che non è conosciuto nella tua organizzazione.',
  scopeUnknown: 'Questa applicazione chiede un’autorizzazione che non esiste.',
  consentMissing:
    'Questa applicazione ha bisogno di un’autorizzazione che solo un amministratore può concedere. Chiedi all’amministratore.',
  userCodeUnknown: 'Questo codice non è corretto, è scaduto o è già stato usato. Digitalo di nuovo.',
  userCodeGuessesExhausted:
    'Sono stati digitati troppi codici errati. Aspetta qualche minuto, poi digita il codice mostrato dal dispositivo.',
  requestMalformed: 'L’applicazione ha inviato una richiesta che non può essere compresa.',
  interactionNeeded: 'Devi accedere di nuovo.',
  lastAdministratorShutOut:
    'Non può essere rimosso: dopo nessun amministratore della tua organizzazione potrebbe accedere. Prima aggiungi un altro modo per accedere.',
  signInNotTheirs: 'Questo accesso non è nel tuo elenco. Ricarica la pagina e riprova.',
  sessionNotTheirs: 'Questa sessione è già terminata.',
  currentPasswordWrong: 'La password attuale non è corretta.',
  passwordUnchanged: 'La nuova password è uguale a quella attuale. Scegline un’altra.',
  passwordsDiffer: 'Le due nuove password non sono uguali. Digitale di nuovo.',
  passwordTooWeak:
    'Questa password è troppo debole. Usa da 8 a 256 caratteri di tre tipi: minuscole, maiuscole, cifre, segni.',
};
