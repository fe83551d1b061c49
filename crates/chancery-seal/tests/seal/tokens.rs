//! Personal API tokens.

use chancery_ledger::{Store, StreamId, Version};
use chancery_seal::{
    AccountAct, ActRefusal, ApiToken, Caller, ClassSet, DocumentClass, Reply, Scope, SealAct, SealId,
    TokenId, Violation,
};

use crate::desk::*;

fn scope(seal: SealId, class: DocumentClass) -> Vec<Scope> {
    vec![Scope { seal, classes: ClassSet::from(class) }]
}

fn issue<S: Store>(desk: &Desk<'_, S>, by: u8, scopes: Vec<Scope>) -> (ApiToken, Reply) {
    let token = ApiToken::random(&mut rng());
    let command = desk
        .office
        .organisation(|state| state.member(user(by)).unwrap().issues(&token, scopes, None))
        .unwrap();
    (token, desk.ask(&command))
}

fn rotate<S: Store>(desk: &Desk<'_, S>, by: u8, old: TokenId) -> (ApiToken, Reply) {
    let token = ApiToken::random(&mut rng());
    let command =
        desk.office.organisation(|state| state.member(user(by)).unwrap().rotates(old, &token)).unwrap();
    (token, desk.ask(&command))
}

#[test]
fn a_token_has_no_more_than_its_owner() {
    // M3
    let store = memory();
    let (desk, seal) = Desk::ready(&store);
    let contract = DocumentClass::Contract;
    let beyond = |class| Reply::Refused(vec![ActRefusal::ScopeBeyondGrants { seal, class }]);
    assert_eq!(issue(&desk, BOB, scope(seal, contract)).1, beyond(contract), "no grant");
    let grant = desk.grant(seal, BOB, vec![]);
    assert_eq!(issue(&desk, BOB, scope(seal, DocumentClass::Invoice)).1, beyond(DocumentClass::Invoice));
    assert_eq!(issue(&desk, CAROL, scope(seal, contract)).1, beyond(contract), "another's grant");
    let (token, reply) = issue(&desk, BOB, scope(seal, contract));
    let Reply::Token(id) = reply else { panic!("{reply:?}") };

    let review = |token: &ApiToken, key: &str, class| {
        let wish = request_of(key, seal, "a", class);
        desk.office.review(wish, Caller::Token(token), &desk.chain, desk.now, &mut rng())
    };
    let permit = review(&token, "1", contract).unwrap();
    assert_eq!((permit.agreement().user, permit.agreement().token), (user(BOB), Some(id)));
    desk.seal(permit).unwrap();
    assert!(refused(review(&token, "2", DocumentClass::Invoice)).contains(&Violation::TokenScope));
    let unknown = ApiToken::random(&mut rng());
    assert!(refused(review(&unknown, "3", contract)).contains(&Violation::TokenUnknown));
    // Without the grant the token is nothing, though the number of the seal is right.
    let permit = review(&token, "4", contract).unwrap();
    let _ = desk.seals(SealAct::Disable { grant });
    assert_eq!(refused(review(&token, "5", contract)), [Violation::GrantDisabled { grant }]);
    assert_eq!(refused_use(desk.seal(permit)), [Violation::GrantDisabled { grant }]);
    let _ = desk.seals(SealAct::Enable { grant });

    // Rotation leaves the old one dead, also for a permit that it got.
    let permit = review(&token, "6", contract).unwrap();
    let (new, reply) = rotate(&desk, BOB, id);
    assert_eq!(reply, Reply::Token(TokenId(id.0 + 1)));
    assert!(refused(review(&token, "7", contract)).contains(&Violation::TokenUnknown));
    assert!(refused_use(desk.seal(permit)).contains(&Violation::TokenUnknown));
    assert!(review(&new, "8", contract).is_ok());
    assert_eq!(
        rotate(&desk, CAROL, TokenId(2)).1,
        Reply::Refused(vec![ActRefusal::NoToken { token: TokenId(2) }])
    );
    desk.account(AccountAct::Remove { user: user(BOB) });
    assert!(refused(review(&new, "9", contract)).contains(&Violation::TokenUnknown));
}

#[test]
fn the_secret_is_nowhere_in_the_store() {
    let store = memory();
    let (desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let (token, _) = issue(&desk, BOB, scope(seal, DocumentClass::Contract));
    let wish = request("1", seal, "a");
    let permit = desk.office.review(wish, Caller::Token(&token), &desk.chain, desk.now, &mut rng()).unwrap();
    desk.seal(permit).unwrap();
    let text = token.expose();
    let secret = text.trim_start_matches("chancery_seal_");
    for stream in ["seal/acme/organisation", "seal/acme/usage"] {
        let events = store.events(&tenant(), &StreamId::new(stream).unwrap(), Version::EMPTY, 1000).unwrap();
        assert!(
            events.iter().all(|event| !String::from_utf8_lossy(event.payload().unwrap()).contains(secret))
        );
    }
}

#[test]
fn a_token_needs_the_code_that_was_once_set() {
    // M17
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.account(AccountAct::Admit { user: user(9), mailbox: mailbox("dave@acme.example") });
    let year = chancery_seal::Window::starting(start());
    desk.account(AccountAct::ValidateEmployee { user: user(9), window: year });
    desk.grant(seal, 9, vec![]);
    let contract = DocumentClass::Contract;
    assert_eq!(issue(&desk, 9, scope(seal, contract)).1, Reply::Refused(vec![ActRefusal::SetupRequired]));
    desk.sets_code(user(9));
    assert!(matches!(issue(&desk, 9, scope(seal, contract)).1, Reply::Token(_)));
}

#[test]
fn a_dead_secret_never_lives_again() {
    // M3
    let store = memory();
    let (desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let (token, reply) = issue(&desk, BOB, scope(seal, DocumentClass::Contract));
    let Reply::Token(id) = reply else { panic!("{reply:?}") };
    let _ = rotate(&desk, BOB, id);
    let scopes = scope(seal, DocumentClass::Contract);
    let command = desk
        .office
        .organisation(|state| state.member(user(BOB)).unwrap().issues(&token, scopes, None))
        .unwrap();
    assert_eq!(desk.ask(&command), Reply::Refused(vec![ActRefusal::TokenKnown]));
}

#[test]
fn a_token_is_for_its_own_seal_and_its_own_time() {
    // M3: its owner has grants for both seals, the token for one.
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let contract = DocumentClass::Contract;
    let other = desk.new_seal("Other", chancery_seal::SealKind::Contract, [contract]);
    desk.bind(other);
    desk.grant(seal, BOB, vec![]);
    desk.grant(other, BOB, vec![]);
    let token = ApiToken::random(&mut rng());
    let until = desk.now + hours(1);
    let issues = |state: &chancery_seal::OrganisationState| {
        state.member(user(BOB)).unwrap().issues(&token, scope(seal, contract), Some(until))
    };
    let command = desk.office.organisation(issues).unwrap();
    assert!(matches!(desk.ask(&command), Reply::Token(_)));
    let review = |desk: &Desk<'_, _>, key: &str, seal| {
        let wish = request_of(key, seal, "a", contract);
        desk.office.review(wish, Caller::Token(&token), &desk.chain, desk.now, &mut rng())
    };
    assert!(review(&desk, "1", seal).is_ok());
    assert_eq!(refused(review(&desk, "2", other)), [Violation::TokenScope]);
    desk.now = until;
    assert!(refused(review(&desk, "3", seal)).contains(&Violation::TokenOver { until }));
}
