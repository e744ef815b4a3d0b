/**
 * Every text of our pages. English is the measure: every other language has these keys, and a missing one does not compile.
 * The sentences of reasons are in src/languages/reasons.
 */
export const english = {
  // On many pages
  next: 'Next',
  back: 'Back',
  cancel: 'Cancel',
  continue: 'Continue',
  yes: 'Yes',
  no: 'No',
  tryAgain: 'Try again',
  /** Title of a page that has a problem. */
  problemWith: (title: string) => `Problem: ${title}`,
  /** Link from a problem to its field. */
  correct: (field: string) => `Go to the field “${field}”`,
  signInByCardea: 'Sign-in by Cardea',
  /** The application's name is set in between, so that it can be marked up. */
  toContinueTo: (application: string) => `to continue to ${application}`,

  // User name
  signIn: 'Sign in',
  userName: 'User name',
  signInOptions: 'Sign-in options',

  // Another organization's pages
  takingYouElsewhere: 'Taking you to your organization’s sign-in page',

  // Password
  enterPassword: 'Enter password',
  password: 'Password',
  useCertificate: 'Use a certificate or smart card',

  // Other ways to sign in
  otherWays: 'Other ways to sign in',
  chooseAWay: 'Choose a way to sign in',
  certificateHint: 'A smart card, a security token or a certificate on this device',
  usePassword: 'Use your password',

  // While the browser asks which certificate
  chooseCertificate: 'Choose your certificate',
  guideInsert: 'Insert your smart card or token, if your certificate is on one.',
  guideChoose: 'Choose the certificate in the window that your browser opens.',
  guidePin: 'Type your PIN when prompted.',
  guideNothing: 'No window opened?',
  askAgain: 'Ask for the certificate again',

  // Refused
  couldNotSignIn: 'Sorry, we could not sign you in',
  useAnotherCertificate: 'Use another certificate',
  moreDetails: 'More details',
  giveToAdministrator: 'Give these details to your administrator.',
  errorCode: 'Error code',
  reason: 'Reason',
  correlationId: 'Correlation ID',
  traceId: 'Trace ID',
  timestamp: 'Timestamp',
  copy: 'Copy',
  copied: 'Copied',
  administratorAdvice: 'For administrators',
  unspecifiedReason:
    'Your certificate could not be validated. Choose another certificate or contact your administrator.',
  certificateOfNoAccount:
    'This certificate does not belong to an account here. Choose another certificate, or sign in with your user name.',
  startAgain: 'Start again',

  // Which account
  pickAccount: 'Pick an account',
  signedIn: 'Signed in',
  useAnotherAccount: 'Use another account',
  forgetAccount: (name: string) => `Forget ${name}`,

  // Keep me signed in
  staySignedIn: 'Stay signed in?',
  staySignedInWhy: 'If you choose Yes, you need to sign in less often on this device. Choose No on a shared device.',

  // Signed out
  signedOut: 'You are signed out',
  closeWindows: 'On a shared device, close all browser windows now and remove your smart card.',
  signInAgain: 'Sign in again',

  // Answers of the OpenID provider
  troubleSigningIn: 'Sorry, but we’re having trouble signing you in',
  signingYouIn: 'Signing you in',
  pressContinue: 'Select Continue to go to the application.',
  nothingHere: 'There is nothing at this address',
  busy: 'Many people are signing in',
  busyWhy: 'This page tries again automatically in a few seconds. You do not need to do anything.',

  // Signing in on another device
  enterCode: 'Enter the code',
  enterCodeWhy: 'Type the code that your device or application shows.',
  code: 'Code',
  confirmDevice: (application: string) => `Sign in to ${application}?`,
  confirmDeviceWhy:
    'Continue only if you have just started this sign-in yourself and your device shows this code. Do not enter a code that another person gave you.',
  ipAddress: 'IP address of the device',
  deviceLocation: 'Location of the device',
  accountUsed: 'Account',
  signInNext: 'You will be asked to sign in.',
  deviceSignedIn: 'You have signed in on your device',
  deviceCalledOff: 'The sign-in on your device was canceled',
  closeThisWindow: 'You can close this window.',

  // My Apps and the sample application
  myApps: 'My Apps',
  hello: (name: string) => `Hello, ${name}`,
  means: 'Signed in with',
  byPassword: 'a password',
  byCertificate: 'a certificate',
  byPasswordAndCertificate: 'a password and a certificate',
  byPasskey: 'a passkey',
  strength: 'Strength',
  multifactor: 'Multifactor',
  singleFactor: 'Single-factor',
  yourApplications: 'Your applications',
  noApplications: 'No application has been published here yet.',
  otherApplications: 'Other applications',
  searchApps: 'Search your applications',
  search: 'Search',
  noMatchingApp: 'No application matches.',
  lastUsed: (day: string) => `Last used on ${day}`,
  backToApps: 'Back to My Apps',
  yourPages: 'Your pages',
  signOut: 'Sign out',
  sampleApplication: 'Sample application',
  signedInAs: (name: string) => `Signed in as ${name}`,
  whatSampleReceived: 'This application received an ID token with these claims, and no other data about you.',
  signInUnfinished: 'The sign-in did not finish',

  // Further factors
  confirmIdentity: 'Verify your identity',
  confirmWhy: 'Your organization requires one more proof of your identity.',
  verify: 'Verify',
  enterAppCode: 'Enter code',
  codeHint: 'Open your authenticator app and type the six digits that it shows.',
  useCode: 'Use a code from your authenticator app',
  enterPass: 'Enter Temporary Access Pass',
  temporaryAccessPass: 'Temporary Access Pass',
  usePass: 'Use a Temporary Access Pass',
  usePasskey: 'Use a passkey',
  passkeyHint: 'Use a security key, your phone, or the screen lock of this device when your browser asks.',
  passkeyNeedsScript:
    'Passkeys need JavaScript and a browser that supports passkeys. Otherwise, choose another way to sign in.',
  passkeyUnfinished:
    'Your browser did not receive a response from a passkey. Try again, or choose another way to sign in.',
  useApproval: 'Approve in another browser where you are signed in',
  approvalHint:
    'A request appears under Sign-in requests on My security info in your other browser. You type a number there.',
  sendRequest: 'Send a request',
  approvalWaiting: 'Approve this sign-in',
  approvalSteps:
    'Where you are signed in, open Sign-in requests on My security info, and type this number. This page continues automatically.',

  // Security info
  securityInfo: 'My security info',
  yourMethods: 'Ways to sign in that you have set up',
  noMethods: 'You have not set up a way to sign in yet.',
  authenticatorApp: 'Authenticator app',
  passkey: 'Passkey',
  added: (day: string) => `added on ${day}`,
  remove: (name: string) => `Remove ${name}`,
  addApp: 'Add an authenticator app',
  addPasskey: 'Add a passkey',
  scanCode: 'Scan this with your authenticator app, or type the key into it.',
  key: 'Key',
  methodName: 'Name',
  myApp: 'My phone',
  myPasskey: 'My passkey',
  add: 'Add',

  // Sign-in requests
  signInRequests: 'Sign-in requests',
  noRequests: 'There are no sign-in requests. This page refreshes automatically.',
  requestFrom: (application: string) => `A sign-in to ${application} with your account is waiting for approval.`,
  requestAddress: 'Address',
  requestNumber: 'Number shown on the sign-in page',
  approve: 'Approve',
  notMe: 'This wasn’t me',
  requestApproved: 'Approved. The other browser continues automatically.',
  requestDenied: 'Denied. If you did not start this sign-in, tell your administrator.',

  // Certificates on My security info
  certificate: 'Certificate',
  certificates: 'Certificates you signed in with',
  noCertificates: 'You have not signed in with a certificate in the last 30 days.',
  issuedBy: (issuer: string) => `Issued by ${issuer}`,
  validUntil: (day: string) => `Valid until ${day}`,
  /** `when` is "in 12 days" in the language. */
  expires: (when: string) => `Expires ${when}`,
  expiredOn: (day: string) => `Expired on ${day}`,
  recognisedBy: (field: string) => `Recognized by ${field}`,
  fieldPrincipalName: 'the user name in it',
  fieldMail: 'the email address in it',
  fieldSubject: 'the name of its holder',
  fieldIssuerAndSubject: 'its issuer and the name of its holder',
  fieldIssuerAndSerialNumber: 'its issuer and serial number',
  fieldKey: 'its key',

  // Changing the password
  changePassword: 'Change password',
  currentPassword: 'Current password',
  newPassword: 'New password',
  repeatPassword: 'Confirm new password',
  passwordRule: '8 to 256 characters of three kinds: lower case, upper case, digits, symbols.',
  passwordChanged: 'Your password has been changed.',

  // Adding and removing
  removeIt: 'Remove',
  removeQuestion: (name: string) => `Remove ${name}?`,
  removeWhy: 'You will no longer be able to sign in with it. Your other ways to sign in do not change.',
  removed: 'Removed. You can no longer sign in with it.',
  addedNow: 'Added. You can sign in with it from now on.',
  backToSecurityInfo: 'Back to My security info',

  // Devices and sessions
  yourDevices: 'Your devices',
  noDevices: 'You have no registered devices.',
  registeredOn: (day: string) => `Registered on ${day}`,
  yourSessions: 'Where you are signed in',
  thisBrowser: 'This browser',
  unknownBrowser: 'Unknown browser',
  lastUsedAt: (time: string) => `Last used: ${time}`,
  signedInWith: (methods: string) => `Signed in with: ${methods}`,
  signOutOf: (browser: string) => `Sign out of ${browser}`,
  sessionEnded: 'Signed out of that session.',
  signOutEverywhere: 'Sign out everywhere',
  signOutEverywhereWhy: 'You will need to sign in again in every browser and application, including this one.',

  // Recent sign-ins
  recentSignIns: 'Recent sign-ins',
  noSignIns: 'There are no sign-ins in the last 30 days.',
  allSignIns: 'All sign-ins of the last 30 days',
  olderSignIns: 'Older',
  outcomeRefused: 'Refused',
  outcomeUnfinished: 'Not finished',
  wasNotMe: 'This wasn’t me',
  reportWhy:
    'You will be signed out everywhere, including this browser, and your administrators will see your report. Afterwards, sign in again, and change your password if you have one.',
  reportAndSignOut: 'Report and sign out everywhere',
  signedOutEverywhere: 'You are signed out everywhere',
  signedOutNext: 'Sign in again, and check that all your ways to sign in belong to you.',
};
