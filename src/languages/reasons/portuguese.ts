import type { SentenceCode } from '../alike.ts';

/** Machine-made translation: a speaker of the language has not reviewed it yet. */
export const portugueseReasons: Readonly<Record<SentenceCode, string>> = {
  certificateMissing:
    'Não foi enviado nenhum certificado. Insira o smart card ou escolha um certificado e tente novamente.',
  certificateUnreadable: 'Não foi possível ler o certificado. Escolha outro certificado.',
  forwardedCertificateForeign: 'O seu certificado não chegou por uma via de confiança. Contacte o seu administrador.',
  issuerNotTrusted:
    'O seu certificado foi emitido por uma autoridade em que aqui não se confia. Escolha outro certificado.',
  signatureWrong:
    'Este certificado não pode ser utilizado aqui. Escolha outro certificado ou contacte o seu administrador.',
  keyRefused: 'A chave do seu certificado é demasiado fraca. Escolha outro certificado.',
  certificateNotCurrent:
    'O seu certificado expirou ou ainda não é válido. Escolha outro certificado ou peça a renovação.',
  extendedKeyUsageForbids: 'O seu certificado não se destina a iniciar sessão. Escolha outro certificado.',
  certificateRevoked: 'O seu certificado foi revogado. Escolha outro certificado ou peça um novo.',
  authorityRevoked: 'A autoridade que emitiu o seu certificado foi revogada. Contacte o seu administrador.',
  certificateBlocked: 'O seu certificado foi bloqueado pelo administrador.',
  crlExpired: 'A lista de revogação do seu certificado está desatualizada. Contacte o seu administrador.',
  crlNotYetValid: 'A lista de revogação do seu certificado ainda não é válida. Contacte o seu administrador.',
  crlDownloadFailed:
    'Não foi possível transferir a lista de revogação do seu certificado. Contacte o seu administrador.',
  crlMissing: 'Não se sabe se o seu certificado está revogado. Contacte o seu administrador.',
  crlIncomplete: 'A lista de revogação do seu certificado está incompleta. Tente novamente dentro de alguns minutos.',
  signInFault:
    'Ocorreu um problema do nosso lado. Tente novamente; se voltar a acontecer, contacte o seu administrador.',
  crlTimedOut: 'A verificação do seu certificado demorou demasiado. Tente novamente dentro de alguns minutos.',
  crlDownloadSlow:
    'A lista de revogação do seu certificado ainda está a ser transferida. Tente novamente dentro de alguns minutos.',
  crlDownloadInProgress:
    'A lista de revogação do seu certificado está a ser transferida. Tente novamente dentro de alguns minutos.',
  crlTooLarge: 'A lista de revogação do seu certificado é grande. Tente novamente dentro de alguns minutos.',
  passwordWrong: 'A sua conta ou palavra-passe está incorreta.',
  bindingMismatch:
    'Este certificado não pertence a esta conta. Escolha outro certificado ou inicie sessão com outra conta.',
  accountDisabled: 'A sua conta foi bloqueada. Contacte o seu administrador.',
  certificateMethodDisabled: 'Aqui não é possível iniciar sessão com um certificado.',
  accountNotInScope:
    'A política da sua organização sobre formas de iniciar sessão bloqueou o início de sessão. Inicie sessão de outra forma.',
  authorityNotForUser: 'Este certificado não se destina à sua conta. Escolha outro certificado.',
  bindingsMissing: 'Não foi possível ler a política de certificados da sua organização. Contacte o seu administrador.',
  bindingValueMissing: 'O seu certificado não indica quem é. Escolha outro certificado.',
  accessBlocked: 'Não pode chegar lá a partir daqui: a política da sua organização impede-o.',
  secondFactorNeeded: 'Falta mais uma coisa: confirme a sua identidade com outro fator.',
  secondFactorUnavailable: 'É necessário outro fator e não tem nenhum configurado. Contacte o seu administrador.',
  certificateStrengthUnmet:
    'O seu certificado não é suficientemente forte para este início de sessão. Inicie sessão com outro certificado.',
  deviceNotCompliant: 'Não pode chegar lá a partir deste dispositivo: não cumpre os requisitos da sua organização.',
  deviceNotJoined: 'Não pode chegar lá a partir deste dispositivo: não pertence à sua organização.',
  termsNotAccepted: 'Leia e aceite primeiro as condições de utilização.',
  signInTooOld: 'A sua organização pede-lhe que inicie sessão novamente.',
  temporaryAccessPassWrong:
    'O seu Passe de Acesso Temporário está incorreto ou já não pode ser utilizado. Contacte o seu administrador.',
  oneTimeCodeWrong: 'Esse código não está certo. Escreva o código que a aplicação de autenticação mostra agora.',
  passkeyWrong: 'Não foi possível verificar a sua chave de acesso. Tente novamente ou inicie sessão de outra forma.',
  approvalRefused: 'O seu início de sessão não foi aprovado. Tente novamente ou inicie sessão de outra forma.',
  factorNotAsked: 'Esta forma de iniciar sessão não está disponível. Escolha outra.',
  triesExhausted: 'Tentou demasiadas vezes. Espere um pouco e tente novamente, ou inicie sessão de outra forma.',
  registrationRefused: 'Não foi possível registar. Tente novamente.',
  flowUnknown: 'Este início de sessão já não é válido. Volte à aplicação e comece de novo.',
  browserForeign:
    'Este início de sessão terminou ou foi começado noutra janela do browser. Volte à aplicação e comece de novo.',
  formForeign: 'Este formulário foi enviado por outro site e não foi aceite. Volte à aplicação e comece de novo.',
  handoffUnknown:
    'O seu certificado foi aceite, mas a resposta chegou demasiado tarde ou já foi utilizada. Tente novamente.',
  tenantUnknown:
    'A organização deste endereço não é conhecida aqui. Confirme o endereço com o administrador da aplicação.',
  usernameMalformed: 'Escreva um nome de utilizador válido, por exemplo alguem@example.com.',
  domainUnknown: 'Este nome de utilizador pode estar incorreto. Confirme que o escreveu bem.',
  userOfAnotherTenant: 'A sua conta pertence a outra organização que não a que esta aplicação espera.',
  realmFederated:
    'A sua organização inicia a sessão noutro local. Abra a aplicação a partir da página de início de sessão da sua organização.',
  sessionUnproven: 'A sua sessão terminou. Inicie sessão novamente.',
  sessionRevoked: 'A sua sessão foi terminada por um administrador. Inicie sessão novamente.',
  applicationUnknown: 'Esta aplicação não é conhecida na sua organização.',
  redirectUriUnknown: 'Esta aplicação pediu uma resposta num endereço que não está registado para ela.',
  resourceUnknown: 'Esta aplicação pediu acesso a algo que não é conhecido na sua organização.',
  scopeUnknown: 'Esta aplicação pediu uma permissão que não existe.',
  consentMissing:
    'Esta aplicação precisa de uma permissão que só um administrador pode conceder. Peça ao seu administrador.',
  userCodeUnknown: 'Este código não está certo, expirou ou já foi utilizado. Escreva-o novamente.',
  userCodeGuessesExhausted:
    'Foram escritos demasiados códigos errados. Espere alguns minutos e escreva depois o código que o seu dispositivo mostra.',
  requestMalformed: 'A aplicação enviou um pedido que não pode ser compreendido.',
  interactionNeeded: 'Tem de iniciar sessão novamente.',
  lastAdministratorShutOut:
    'Isto não pode ser removido: depois nenhum administrador da sua organização poderia iniciar sessão. Adicione primeiro outra forma de iniciar sessão.',
  signInNotTheirs: 'Este início de sessão não está na sua lista. Recarregue a página e tente novamente.',
  sessionNotTheirs: 'Esta sessão já terminou.',
  currentPasswordWrong: 'A sua palavra-passe atual está incorreta.',
  passwordUnchanged: 'A nova palavra-passe é igual à atual. Escolha outra.',
  passwordsDiffer: 'As duas novas palavras-passe não são iguais. Escreva-as novamente.',
  passwordTooWeak:
    'Esta palavra-passe é demasiado fraca. Utilize 8 a 256 carateres de três tipos: minúsculas, maiúsculas, algarismos, sinais.',
};
