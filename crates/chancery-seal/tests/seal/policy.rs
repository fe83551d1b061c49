//! The tables that an auditor reads are those that decide.

use chancery_seal::{Act, DocumentClass, Position, Ruling, SealSort, Setting, policy_tables};

#[test]
fn the_page_shows_the_tables_that_decide() {
    let page = include_str!("../../../../docs/seal-policy.md");
    let tables = policy_tables();
    assert!(
        page.ends_with(&tables),
        "docs/seal-policy.md must end with what `policy_tables()` prints:\n{tables}"
    );
}

#[test]
fn no_act_belongs_to_two_administrators() {
    // M8
    for act in Act::ALL {
        let may = [Position::AccountAdministrator, Position::SealAdministrator, Position::ServiceDesk]
            .into_iter()
            .filter(|position| position.ruling(act) != Ruling::No)
            .count();
        assert!(may <= 1, "{act}");
        assert!(Position::ALL.iter().any(|position| position.ruling(act) != Ruling::No), "{act} is nobody's");
    }
}

#[test]
fn a_personal_document_takes_a_personal_seal() {
    // M11, M12
    for sort in SealSort::ALL {
        let personal = sort.setting(DocumentClass::Personal) != Setting::Never;
        assert_eq!(personal, sort == SealSort::Personal);
    }
    assert_eq!(
        SealSort::Invoice.setting(DocumentClass::Contract),
        Setting::IfNamed,
        "unless the policy allows"
    );
}
