//! The clauses, what each asks, and what of it stays with whoever operates the service.

use std::fmt;

use super::bundle::Regime;

macro_rules! clauses {
    ($($variant:ident $regime:ident $number:literal $asks:literal $operator:literal)*) => {
        /// A clause of a law or standard that an envelope's record can show something about, or that must be named because
        /// it cannot.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // `number` and `asks` say which it is, and what it asks
        pub enum Clause {
            $($variant,)*
        }

        impl Clause {
            /// Every clause.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Of which regime it is.
            #[must_use]
            pub const fn regime(self) -> Regime {
                match self {
                    $(Self::$variant => Regime::$regime,)*
                }
            }

            /// As people cite it.
            #[must_use]
            pub const fn number(self) -> &'static str {
                match self {
                    $(Self::$variant => $number,)*
                }
            }

            /// What it asks, in few words of ours; the text of the law is what counts.
            #[must_use]
            pub const fn asks(self) -> &'static str {
                match self {
                    $(Self::$variant => $asks,)*
                }
            }

            /// What of it the operator sees to, whatever the record shows.
            #[must_use]
            pub const fn operator(self) -> &'static str {
                match self {
                    $(Self::$variant => $operator,)*
                }
            }
        }
    };
}

clauses! {
    Validation Part11 "11.10(a)" "systems are validated, and altered records discerned"
        "validate the system in its place, and keep checkpoints of the log elsewhere"
    Copies Part11 "11.10(b)" "complete copies, for people and for machines"
        "give copies to the agency: the completion report, and the export of the log"
    Protection Part11 "11.10(c)" "records are protected and retrieved for as long as they are kept"
        "choose the period, keep documents and backups readable for all of it"
    LimitedAccess Part11 "11.10(d)" "access is limited to those who are authorised"
        "decide who gets an account, and take it back"
    AuditTrail Part11 "11.10(e)" "a time-stamped trail in which no change hides what was before"
        "keep the clock right, and the trail as long as the record"
    Sequencing Part11 "11.10(f)" "steps happen in the permitted order"
        "define the steps as the procedure has them"
    Authority Part11 "11.10(g)" "only who may, signs or alters"
        "say who may have which role"
    Devices Part11 "11.10(h)" "the source of input is checked where that matters"
        "record the device as evidence of each call, and say which are acceptable"
    Training Part11 "11.10(i)" "people are educated and trained for it"
        "train the people, and keep the proof of it"
    Accountability Part11 "11.10(j)" "written policies hold people to what they sign"
        "write the policy, and put its statement into the disclosure"
    ChangeControl Part11 "11.10(k)" "documentation of the system is controlled and versioned"
        "control the rest of the documentation"
    OpenSystems Part11 "11.30" "in open systems: encryption, digital signatures"
        "decide whether the system is open, and encrypt what leaves it"
    Manifestation Part11 "11.50(a)" "a signed record shows name, date and time, and meaning"
        "name people as they are called"
    ManifestationShown Part11 "11.50(b)" "these stand in every human-readable form"
        "show them in forms that are not made by this library"
    Linking Part11 "11.70" "signatures cannot be cut out, copied or transferred"
        "keep the signed documents"
    UniqueIndividual Part11 "11.100(a)" "a signature belongs to one person, never to another"
        "give no account to a group, and none to a second person"
    IdentityVerified Part11 "11.100(b)" "identity is verified before a signature is assigned"
        "verify people before their first PIN; the record of it is that of the accounts, not of the envelope"
    Certification Part11 "11.100(c)" "the agency is told that the signatures are meant to bind"
        "send the letter"
    TwoComponents Part11 "11.200(a)(1)" "at least two distinct components"
        "choose components that are distinct in fact"
    OnePeriod Part11 "11.200(a)(1)(i)" "in one continuous period: all components first, then one that only the owner can use"
        "end the period when somebody leaves the device"
    NotOnePeriod Part11 "11.200(a)(1)(ii)" "otherwise all components at each signing"
        "nothing more"
    GenuineOwner Part11 "11.200(a)(2),(3)" "used by the owner only; use by another takes two people"
        "let nobody know another's secrets; no administrator sets one"
    Biometrics Part11 "11.200(b)" "biometrics serve nobody but their owner"
        "choose devices that keep biometrics to themselves"
    UniqueCodes Part11 "11.300(a)" "no two people have the same code and password"
        "issue identities through one register"
    AgingCodes Part11 "11.300(b)" "codes and passwords are checked, recalled, revised"
        "set the ages, and act on the reminders"
    LossManagement Part11 "11.300(c)" "what is lost is withdrawn, and replaced for a time"
        "take reports of losses, at any hour"
    Safeguards Part11 "11.300(d)" "unauthorised use is prevented, detected and reported at once"
        "read the alerts, and act on them"
    DeviceTests Part11 "11.300(e)" "devices that bear or make codes are tested"
        "test them first and from time to time"

    AffirmativeConsent Esign "15 USC 7001(c)(1)(A)" "the consumer has consented, and not withdrawn"
        "know who is a consumer"
    ToldOfPaper Esign "15 USC 7001(c)(1)(B)(i)" "told before: paper, withdrawal, its conditions, consequences, fees"
        "write it clear and conspicuous"
    ToldOfScope Esign "15 USC 7001(c)(1)(B)(ii)" "told before: this transaction, or kinds of records"
        "write it clear and conspicuous"
    ToldOfProcedures Esign "15 USC 7001(c)(1)(B)(iii)" "told before: how to withdraw and to tell a new address"
        "follow the procedures that it names"
    ToldOfCopies Esign "15 USC 7001(c)(1)(B)(iv)" "told before: how to get a paper copy, and its fee"
        "give paper copies when asked"
    ToldOfRequirements Esign "15 USC 7001(c)(1)(C)(i)" "told before: hardware and software"
        "know what is needed"
    Demonstrated Esign "15 USC 7001(c)(1)(C)(ii)" "consents in a way that shows they can read the form used"
        "use the same form for what follows"
    NewRequirements Esign "15 USC 7001(c)(1)(D)" "asked again when requirements change"
        "notice when they do"
    Withdrawal Esign "15 USC 7001(c)(4)" "a withdrawal takes nothing back, and is heeded"
        "heed a withdrawal that comes by another way within a reasonable time"
    Retained Esign "15 USC 7001(d)" "the retained record is accurate and remains accessible"
        "keep it accessible to all who are entitled to it"
    MayPrint Esign "UETA 8(c)" "the sender keeps nobody from printing or storing"
        "give those of the own house another way"
    Attributed Esign "UETA 9" "an act is shown to be that person's, in any manner"
        "keep what shows it"
    RetainedUeta Esign "UETA 12" "the retained record is accurate and remains accessible"
        "keep it for the time that other laws name"

    NaturalOrLegal Eidas "eIDAS Art. 3(9), 3(24)" "people sign, organisations seal"
        "nothing more"
    LevelsComputed Eidas "eIDAS Art. 3(11), 3(12)" "levels are found by verification, not declared"
        "verify with the rules that hold where the signature is used"
    TrustedList Eidas "eIDAS Art. 22" "qualified is what the trusted list says, at the time of signing"
        "give the verifier the trusted list"
    LinkedToSignatory Eidas "eIDAS Art. 26(a), (b)" "the signature is linked to one signatory, and identifies them"
        "choose certificate authorities that identify people"
    SoleControl Eidas "eIDAS Art. 26(c)" "made under the signatory's sole control"
        "keep the keys where their owners alone use them"
    ChangesDetected Eidas "eIDAS Art. 26(d)" "later changes of the data are detected"
        "keep the signed documents"
    SealTriggered Eidas "eIDAS Art. 35" "a seal shows integrity and origin; who had it set must be known"
        "keep the usage log of the seals"
    RemoteDevice Eidas "eIDAS Art. 29a, 39a" "remote devices are managed by a qualified service"
        "record which service it was"
    ConsentedSigning Eidas "TS 119 431-1 SIG-6.3.1-09" "signing only after consent"
        "nothing more"
    CertificateUsable Eidas "TS 119 431-1 SIG-6.3.1-08" "the certificate is not expired, revoked or suspended before use"
        "give the verifier fresh revocation data"
    KeyDestroyed Eidas "TS 119 431-1 DEL-6.3.2-01" "the key is destroyed when its certificate is revoked"
        "whoever holds the keys destroys them"
    SecurityLogged Eidas "TS 119 431-1 OVR-6.4.5-01 to -07" "security events are logged, with integrity and time"
        "log what happens outside of envelopes"
    KeptSevenYears Eidas "TS 119 431-1 OVR-6.4.6-01" "kept for 7 years after the certificate's end"
        "add the certificate's remaining time"
    CreationLogged Eidas "TS 119 431-2 OVR-7.10-02, -03" "every signature creation is logged with subscriber and time"
        "nothing more"
    WhatYouSee Eidas "TS 119 431-2 ASI-8.1-03, -06" "what is seen is what is signed; a warning where it cannot be"
        "show the document, and warn"
    ClearConsent Eidas "TS 119 431-2 ASI-8.1-08" "a clear act of consent to sign"
        "make the page clear"
    MayDownload Eidas "TS 119 431-2 ASI-8.1-10 to -12" "download is allowed; showing and downloads are logged"
        "nothing more"
    Algorithms Eidas "TS 119 431-2 OVR-8.2-03" "algorithms as the signature creation policy says"
        "write the policy"
    Commitment Eidas "TS 119 431-2 OVR-8.2-05, -07, -08" "the signer is told of commitment and policy"
        "write the policy"
    ChainIncluded Eidas "TS 119 431-2 OVR-8.2-06" "the chain is included"
        "sign with the whole chain"
    NotKeptLonger Eidas "TS 119 431-2 OVR-7.13-03" "the signed document is kept no longer than needed"
        "remove it when the purge says so"
    SealIdentifies Eidas "TS 119 431-2 OVR-B.1-02" "the seal's certificate names its creator"
        "nothing more"
    RemoteProtocol Eidas "TS 119 432" "remote signing by CSC 2.2, with authorisation by the service"
        "collect no PIN or one-time code for the service at level SCAL2"

    ShowsCreator Japan "Act 102/2000 Art. 2(1)(i)" "shows who made it"
        "nothing more"
    AlterationChecked Japan "Act 102/2000 Art. 2(1)(ii)" "shows whether it was altered"
        "keep the signed documents"
    PrincipalOnly Japan "Act 102/2000 Art. 3" "only the principal can do it"
        "keep codes and devices with their owners"
    ProviderKey Japan "Q&A 2020-07-17" "a provider's key signs by the user's intent alone, and the record shows it"
        "leave no room for the provider's will"
    TwoFactors Japan "Q&A 2020-09-04" "an adequate level, such as two factors"
        "choose factors of two kinds in fact"
    Timestamps Japan "Electronic Books Act" "timestamps of an accredited service, and 7 to 10 years"
        "choose an accredited service, and renew the evidence"
}

impl Clause {
    /// Those of one regime, in the order of its text.
    pub fn of(regime: Regime) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |clause| clause.regime() == regime)
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number())
    }
}
