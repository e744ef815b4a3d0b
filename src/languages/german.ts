import type { Texts } from './language.ts';

export const german: Texts = {
  next: 'Weiter',
  back: 'Zurück',
  cancel: 'Abbrechen',
  continue: 'Weiter',
  yes: 'Ja',
  no: 'Nein',
  tryAgain: 'Noch einmal versuchen',
  problemWith: (title) => `Fehler: ${title}`,
  correct: (field) => `Korrigieren: ${field}`,
  signInByCardea: 'Anmeldung mit Cardea',
  toContinueTo: (application) => `um zu ${application} zu gelangen`,

  signIn: 'Anmelden',
  userName: 'Benutzername',

  takingYouElsewhere: 'Sie werden zur Anmeldeseite Ihrer Organisation weitergeleitet',

  enterPassword: 'Kennwort eingeben',
  password: 'Kennwort',
  useCertificate: 'Zertifikat oder Smartcard verwenden',

  otherWays: 'Andere Anmeldearten',
  chooseAWay: 'Wie möchten Sie sich anmelden?',
  certificateHint: 'Eine Smartcard, ein Sicherheitstoken oder ein Zertifikat auf diesem Gerät',
  usePassword: 'Kennwort verwenden',

  chooseCertificate: 'Zertifikat auswählen',
  guideInsert: 'Stecken Sie Ihre Smartcard oder Ihr Token ein, wenn Ihr Zertifikat darauf ist.',
  guideChoose: 'Wählen Sie das Zertifikat in dem Fenster aus, das Ihr Browser öffnet.',
  guidePin: 'Geben Sie Ihre PIN ein, wenn Sie danach gefragt werden.',
  guideNothing: 'Hat sich kein Fenster geöffnet?',
  askAgain: 'Erneut nach dem Zertifikat fragen',

  couldNotSignIn: 'Die Anmeldung ist leider nicht gelungen',
  useAnotherCertificate: 'Anderes Zertifikat verwenden',
  moreDetails: 'Weitere Einzelheiten',
  giveToAdministrator: 'Geben Sie diese Angaben an Ihre Administratorin oder Ihren Administrator weiter.',
  errorCode: 'Fehlercode',
  reason: 'Grund',
  message: 'Meldung',
  correlationId: 'Korrelations-ID',
  traceId: 'Ablaufverfolgungs-ID',
  timestamp: 'Zeitpunkt',
  detailsToCopy: 'Alle Einzelheiten als Text',
  copy: 'Kopieren',
  copied: 'Kopiert',
  reasonUntold:
    'Ihr Zertifikat konnte nicht überprüft werden. Wählen Sie ein anderes Zertifikat, oder wenden Sie sich an Ihren Administrator.',
  startAgain: 'Von vorn beginnen',

  pickAccount: 'Konto auswählen',
  signedIn: 'Angemeldet',
  useAnotherAccount: 'Anderes Konto verwenden',
  forgetAccount: (name) => `${name} vergessen`,

  staySignedIn: 'Angemeldet bleiben?',
  staySignedInWhy:
    'Dann müssen Sie sich auf diesem Gerät seltener anmelden. Antworten Sie mit Nein, wenn auch andere das Gerät benutzen.',

  signedOut: 'Sie sind abgemeldet',
  closeWindows:
    'Wenn auch andere dieses Gerät benutzen: Schließen Sie jetzt alle Browserfenster, und nehmen Sie Ihre Smartcard mit.',
  signInAgain: 'Erneut anmelden',

  troubleSigningIn: 'Bei der Anmeldung ist leider ein Problem aufgetreten',
  signingYouIn: 'Sie werden angemeldet',
  pressContinue: 'Mit „Weiter“ gelangen Sie zur Anwendung.',
  nothingHere: 'Unter dieser Adresse gibt es nichts',

  enterCode: 'Code eingeben',
  enterCodeWhy: 'Geben Sie den Code ein, den Ihr Gerät oder Ihre Anwendung anzeigt.',
  code: 'Code',
  confirmDevice: (application) => `Bei ${application} anmelden?`,
  confirmDeviceWhy:
    'Fahren Sie nur fort, wenn Sie das gerade selbst begonnen haben und Ihr Gerät diesen Code anzeigt. Niemand sonst hat einen Grund, Sie darum zu bitten.',
  ipAddress: 'IP-Adresse des Geräts',
  deviceSignedIn: 'Sie haben sich auf Ihrem Gerät angemeldet',
  deviceCalledOff: 'Die Anmeldung auf Ihrem Gerät wurde abgebrochen',
  closeThisWindow: 'Sie können dieses Fenster schließen.',

  myApps: 'Meine Apps',
  hello: (name) => `Guten Tag, ${name}`,
  youSignedInAs: 'Sie sind angemeldet als',
  means: 'Womit',
  byPassword: 'Kennwort',
  byCertificate: 'Zertifikat',
  byPasswordAndCertificate: 'Kennwort und Zertifikat',
  strength: 'Stärke',
  multifactor: 'Mehrere Faktoren',
  singleFactor: 'Ein Faktor',
  yourApplications: 'Ihre Anwendungen',
  noApplications: 'Hier ist noch keine Anwendung veröffentlicht.',
  signOut: 'Abmelden',
  sampleApplication: 'Beispielanwendung',
  signedInAs: (name) => `Angemeldet als ${name}`,
  whatSampleReceived: 'Diese Anwendung hat ein ID-Token mit diesen Angaben erhalten. Mehr weiß sie nicht über Sie.',
  signInUnfinished: 'Die Anmeldung wurde nicht abgeschlossen',

  confirmIdentity: 'Bestätigen Sie, dass Sie es sind',
  confirmWhy: 'Ihre Organisation verlangt einen weiteren Nachweis.',
  verify: 'Prüfen',
  enterAppCode: 'Code eingeben',
  codeHint: 'Öffnen Sie Ihre Authentifizierungs-App, und geben Sie die sechs Ziffern ein, die sie zeigt.',
  useCode: 'Code aus der Authentifizierungs-App verwenden',
  enterPass: 'Befristeten Zugriffspass eingeben',
  temporaryAccessPass: 'Befristeter Zugriffspass',
  usePass: 'Befristeten Zugriffspass verwenden',
  usePasskey: 'Passkey verwenden',
  passkeyHint: 'Ihr Browser fragt danach: ein Sicherheitsschlüssel, Ihr Telefon oder die Sperre dieses Geräts.',
  passkeyNeedsScript:
    'Ein Passkey braucht JavaScript und einen Browser, der Passkeys kennt. Wählen Sie sonst einen anderen Weg.',
  passkeyUnfinished:
    'Der Browser hat von keinem Passkey eine Antwort bekommen. Versuchen Sie es erneut, oder wählen Sie einen anderen Weg.',
  useApproval: 'In einem anderen Browser bestätigen, in dem Sie angemeldet sind',
  approvalHint:
    'Auf der Seite „Meine Sicherheitsinformationen“ erscheint in Ihrem anderen Browser eine Anfrage. Dort geben Sie eine Zahl ein.',
  sendRequest: 'Anfrage senden',
  approvalWaiting: 'Bestätigen Sie diese Anmeldung',
  approvalSteps:
    'Öffnen Sie „Meine Sicherheitsinformationen“, wo Sie angemeldet sind, und geben Sie diese Zahl ein. Diese Seite geht von selbst weiter.',
};
