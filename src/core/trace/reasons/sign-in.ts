/** The way through the pages: flow, handoff, realm, password, session. */
export const signInReasons = {};
