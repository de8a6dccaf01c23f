# What the Worker needs in a Cloudflare account, and its domain: docs/deploy.md, "With Terraform". The Worker itself is deployed by `npm run deploy`, which
# compiles it and its WASM modules.
terraform {
  required_version = ">= 1.5"
  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.11"
    }
  }
}

# Reads CLOUDFLARE_API_TOKEN. It needs "Workers R2 Storage: Edit", "Queues: Edit" and, for a domain, "Workers Scripts: Edit" and "Zone: Read".
provider "cloudflare" {}

# Files, and results that are kept. Names are those of wrangler.toml.
resource "cloudflare_r2_bucket" "bucket" {
  for_each   = toset(["emulsion-files", "emulsion-results"])
  account_id = var.account_id
  name       = each.key
  location   = var.location
}

resource "cloudflare_queue" "queue" {
  for_each   = toset(["emulsion-jobs", "emulsion-storage-events", "emulsion-dead-letters"])
  account_id = var.account_id
  queue_name = each.key
}

# The bucket reports what others write to it: then EMULSION_STORAGE_EVENTS is "bucket" (docs/triggers.md).
resource "cloudflare_r2_bucket_event_notification" "files" {
  count       = var.bucket_events ? 1 : 0
  account_id  = var.account_id
  bucket_name = cloudflare_r2_bucket.bucket["emulsion-files"].name
  queue_id    = cloudflare_queue.queue["emulsion-storage-events"].queue_id
  rules = [{
    description = "Files of Emulsion"
    actions     = ["PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject", "LifecycleDeletion"]
  }]
}

# Set after the first `npm run deploy`: the domain leads to the Worker.
resource "cloudflare_workers_custom_domain" "images" {
  count      = var.hostname == null ? 0 : 1
  account_id = var.account_id
  zone_id    = var.zone_id
  hostname   = var.hostname
  service    = "emulsion"
}
