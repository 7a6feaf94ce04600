"""What happened: operations, receipts, the chain, the feed."""
