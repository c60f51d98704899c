//! The seam: what every processor is asked.

use jiff::Timestamp;
use jiff::civil::Date;

use super::deed::Deed;
use super::{Fault, Sandbox};
use crate::gateway::{Charge, ChargeAsk, HostedPage, Method, PageAsk, PageState, Payout, Refund, RefundAsk, Trouble};

impl Sandbox {
    pub(in crate::gateway) async fn open_page(&self, ask: &PageAsk) -> Result<HostedPage, Trouble> {
        let ask = ask.clone();
        self.call(move |sandbox| {
            let (id, expires_at) = sandbox.act(&Deed::OpenPage { ask: ask.clone() }, |world| world.open_page(&ask))?;
            let url = format!("{}/{id}", sandbox.inner.settings.pages.trim_end_matches('/'));
            Ok(HostedPage { id, url, expires_at })
        })
        .await
    }

    pub(in crate::gateway) async fn page(&self, page: &str) -> Result<PageState, Trouble> {
        let page = page.to_owned();
        self.call(move |sandbox| sandbox.look(|world| world.page_state(&page))).await
    }

    pub(in crate::gateway) async fn end_page(&self, page: &str) -> Result<(), Trouble> {
        let page = page.to_owned();
        self.call(move |sandbox| sandbox.act(&Deed::EndPage { page: page.clone() }, |world| world.end_page(&page)))
            .await
    }

    pub(in crate::gateway) async fn charge(&self, ask: &ChargeAsk) -> Result<Charge, Trouble> {
        let ask = ask.clone();
        self.call(move |sandbox| sandbox.act(&Deed::Charge { ask: ask.clone() }, |world| world.charge(&ask))).await
    }

    pub(in crate::gateway) async fn look_at(&self, charge: &str) -> Result<Charge, Trouble> {
        let id = charge.to_owned();
        self.call(move |sandbox| {
            let found = sandbox.look(|world| Ok(world.charges.named(&id).map(|made| made.charge.clone())))?;
            found.ok_or_else(|| Trouble::Refused(format!("there is no charge {id}")))
        })
        .await
    }

    pub(in crate::gateway) async fn find(&self, reference: &str, since: Timestamp) -> Result<Vec<Charge>, Trouble> {
        let reference = reference.to_owned();
        self.call(move |sandbox| {
            sandbox.look(|world| Ok(world.charges_where(since, |made| made.reference == reference)))
        })
        .await
    }

    pub(in crate::gateway) async fn refund(&self, ask: &RefundAsk) -> Result<Refund, Trouble> {
        let ask = ask.clone();
        self.call(move |sandbox| sandbox.act(&Deed::Refund { ask: ask.clone() }, |world| world.refund(&ask))).await
    }

    pub(in crate::gateway) async fn method(&self, method: &str) -> Result<Method, Trouble> {
        let id = method.to_owned();
        self.call(move |sandbox| sandbox.look(|world| Ok(world.kept(&id)?.method.clone()))).await
    }

    pub(in crate::gateway) async fn forget_method(&self, method: &str) -> Result<(), Trouble> {
        let method = method.to_owned();
        self.call(move |sandbox| {
            sandbox.act(&Deed::Forget { method: method.clone() }, |world| {
                world.forget(&method);
                Ok(())
            })
        })
        .await
    }

    pub(in crate::gateway) async fn charges(&self, since: Timestamp) -> Result<Vec<Charge>, Trouble> {
        self.call(move |sandbox| sandbox.look(|world| Ok(world.charges_where(since, |_| true)))).await
    }

    pub(in crate::gateway) async fn payouts(&self, since: Date) -> Result<Vec<Payout>, Trouble> {
        self.call(move |sandbox| {
            sandbox
                .look(|world| Ok(world.payouts.iter().filter(|payout| payout.arrives_on >= since).cloned().collect()))
        })
        .await
    }

    /// Counts a call and lets it fail where that was asked for. A journal may make it wait for the disk.
    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let fault = self.next_fault();
        match fault {
            Some(Fault::Before) => return Err(Trouble::Unreachable("nobody answers".to_owned())),
            Some(Fault::Lost) => return Err(Trouble::Unknown("the connection broke".to_owned())),
            Some(Fault::After) | None => {}
        }
        let answer = if self.inner.settings.journal.is_some() {
            let sandbox = self.clone();
            let answer = tokio::task::spawn_blocking(move || work(&sandbox)).await;
            answer.unwrap_or_else(|error| Err(Trouble::Unknown(error.to_string())))
        } else {
            work(self)
        };
        if fault == Some(Fault::After) {
            return Err(Trouble::Unknown("the connection broke before the answer came".to_owned()));
        }
        answer
    }

    fn next_fault(&self) -> Option<Fault> {
        let mut state = self.state();
        state.calls += 1;
        let call = state.calls;
        state.faults.remove(&call)
    }
}
