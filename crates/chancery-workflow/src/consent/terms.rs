//! The parts of a disclosure.

/// What a person is told before consenting, each part in whole sentences in the language of the disclosure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The right or option to have the record on paper: 7001(c)(1)(B)(i)(I).
    pub paper: String,
    /// The right to withdraw, and how: 7001(c)(1)(B)(i)(II) and (iii).
    pub withdrawal: Withdrawal,
    /// What the consent is for: 7001(c)(1)(B)(ii).
    pub scope: ConsentScope,
    /// How to tell a new address: 7001(c)(1)(B)(iii).
    pub contact_updates: String,
    /// How to get a copy on paper after consenting: 7001(c)(1)(B)(iv).
    pub paper_copies: PaperCopies,
    /// What is needed to read and keep the records: 7001(c)(1)(C)(i).
    pub requirements: ElectronicRequirements,
}

/// The right to withdraw consent: 7001(c)(1)(B)(i)(II), and how it is done: (iii).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// That there is the right, and its conditions.
    pub right: String,
    /// What follows from it; the end of the relationship, perhaps.
    pub consequences: String,
    /// What it costs.
    pub fee: Fee,
    /// How it is done.
    pub procedure: String,
}

/// What something costs. That it costs nothing is said, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fee {
    /// Nothing.
    Free,
    /// So much, in words.
    Charged(String),
}

/// What a consent is for: 7001(c)(1)(B)(ii).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentScope {
    /// Only the transaction in which it is given.
    ThisTransaction,
    /// These kinds of records, during the relationship. A transaction names its kind by the same words.
    Categories(Vec<String>),
}

/// How to get a copy on paper after consenting: 7001(c)(1)(B)(iv).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperCopies {
    /// How it is asked for.
    pub procedure: String,
    /// What it costs.
    pub fee: Fee,
}

/// What is needed to read and keep the records: 7001(c)(1)(C)(i).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectronicRequirements {
    /// Devices.
    pub hardware: String,
    /// Programs.
    pub software: String,
}
