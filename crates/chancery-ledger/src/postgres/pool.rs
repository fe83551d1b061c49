//! Where sessions come from, and where they wait for the next verb.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Socket};

use crate::error::{Failure, StoreError};
use crate::postgres::fault::failed;
use crate::postgres::schema;
use crate::postgres::session::{Session, make_ready};
use crate::postgres::statements::Statements;

type Connecting = Pin<Box<dyn Future<Output = Result<Client, tokio_postgres::Error>> + Send>>;

/// Where a ledger is in a PostgreSQL database, and how it is reached.
///
/// The ledger has a schema to itself, `chancery_ledger` unless another is named; it is made when it is not there.
/// Whoever writes needs the rights to use the schema, to select, insert and update its tables, and to make them the
/// first time.
#[derive(Clone)]
pub struct Postgres {
    connect: Arc<dyn Fn() -> Connecting + Send + Sync>,
    pub(super) schema: String,
    pub(super) connections: usize,
    pub(super) patience: Duration,
}

impl Postgres {
    /// A database, and the TLS of your choice for the way to it: [`NoTls`](tokio_postgres::NoTls), or what the crates
    /// `tokio-postgres-rustls` and the like give.
    ///
    /// Sessions keep their settings and statements: no pooler in between that hands out connections by transactions.
    /// A limit on statements (`statement_timeout`) is lifted; locks are waited for as long as the
    /// [patience](Self::patience).
    ///
    /// Set `keepalives` and `tcp_user_timeout` in the configuration as your network needs it: this crate does not guess
    /// when a server is gone.
    #[must_use]
    pub fn new<T>(config: Config, tls: T) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let connect = move || -> Connecting {
            let (config, tls) = (config.clone(), tls.clone());
            Box::pin(async move {
                let (client, connection) = config.connect(tls).await?;
                // Its end is told to whoever uses the client.
                drop(tokio::spawn(async move { drop(connection.await) }));
                Ok(client)
            })
        };
        let schema = "chancery_ledger".to_owned();
        Self { connect: Arc::new(connect), schema, connections: 16, patience: Duration::from_secs(30) }
    }

    /// In another schema. No two ledgers share one.
    #[must_use]
    pub fn schema(mut self, name: &str) -> Self {
        name.clone_into(&mut self.schema);
        self
    }

    /// With at most so many connections at once; 16 unless this is said, at least one.
    #[must_use]
    pub fn connections(mut self, most: usize) -> Self {
        self.connections = most.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How long a commit waits while others write for the same tenant, and for a connection; 30 seconds unless this is
    /// said. After that it fails as [`Busy`](crate::Failure::Busy), with nothing written. A node that stops in the
    /// middle of a commit loses its lock after this time as well.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// A connection that is made ready and looked at.
    pub(super) async fn client(&self) -> Result<Client, StoreError> {
        // PostgreSQL would cut a longer name without a word.
        if !(1..=63).contains(&self.schema.len()) {
            return Err(schema::not_ours("the name of a schema has 1 to 63 bytes".to_owned()));
        }
        let connected = tokio::time::timeout(self.patience, (self.connect)()).await;
        let client = connected.map_err(|_| busy())?.map_err(failed)?;
        make_ready(&client, &self.schema, self.patience).await?;
        Ok(client)
    }

    async fn session(&self) -> Result<Session, StoreError> {
        let client = self.client().await?;
        schema::prepare(&client, &self.schema).await?;
        // Every statement has an index to go by, whatever the server believes of a table that has just been made; so each
        // is planned once and not for each commit.
        let once = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off";
        client.batch_execute(once).await.map_err(failed)?;
        let statements = Statements::prepare(&client).await.map_err(failed)?;
        Ok(Session { client, statements })
    }
}

impl fmt::Debug for Postgres {
    /// Without the configuration, which holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres")
            .field("schema", &self.schema)
            .field("connections", &self.connections)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// The sessions of a store.
pub(super) struct Pool {
    pub(super) postgres: Postgres,
    idle: Mutex<Vec<Session>>,
    room: Semaphore,
}

/// A session in use. Unless it is given back it is closed, and the server undoes what was not committed.
pub(super) struct Leased<'p> {
    session: Session,
    pool: &'p Pool,
    _room: SemaphorePermit<'p>,
}

impl Pool {
    pub(super) fn new(postgres: Postgres) -> Self {
        let room = Semaphore::new(postgres.connections);
        Self { postgres, idle: Mutex::default(), room }
    }

    pub(super) async fn lease(&self) -> Result<Leased<'_>, StoreError> {
        let room = tokio::time::timeout(self.postgres.patience, self.room.acquire()).await;
        let room = room.map_err(|_| busy())?.map_err(|_| busy())?;
        let idle = loop {
            let session = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match session {
                // The server closed it meanwhile.
                Some(session) if session.client.is_closed() => {}
                session => break session,
            }
        };
        let session = match idle {
            Some(session) => session,
            None => self.postgres.session().await?,
        };
        Ok(Leased { session, pool: self, _room: room })
    }
}

impl Leased<'_> {
    pub(super) const fn session(&self) -> &Session {
        &self.session
    }

    /// Gives the session back if all went well.
    pub(super) fn done<T, E>(self, result: Result<T, E>) -> Result<T, E> {
        if result.is_ok() {
            let Self { session, pool, .. } = self;
            pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
        result
    }
}

fn busy() -> StoreError {
    StoreError { source: None, ..StoreError::new(Failure::Busy, "") }
}
