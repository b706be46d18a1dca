/** The records of all data types. Generated from the models by scripts/emit-types.ts: do not edit. */

/** An account with a bank or the issuer of a card. */
export interface BankAccount {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Name by which the company knows the account. */
  accountName?: string | null | undefined;
  /** Debit: a positive balance is money. Credit: a positive balance is debt. */
  accountType?: ('Unknown' | 'Credit' | 'Debit') | null | undefined;
  /** Code of the account in the chart of accounts. */
  nominalCode?: string | null | undefined;
  /** Code of the branch. */
  sortCode?: string | null | undefined;
  /** The bank's number of the account. */
  accountNumber?: string | null | undefined;
  /** International number of the account. */
  iBan?: string | null | undefined;
  /** Currency that the account is kept in. */
  currency?: string | null | undefined;
  /** Balance */
  balance?: number | null | undefined;
  /** Name of the bank. */
  institution?: string | null | undefined;
  /** What can be drawn, the overdraft included. */
  availableBalance?: number | null | undefined;
  /** Overdraft limit */
  overdraftLimit?: number | null | undefined;
  /** Whether new transactions may use the account. */
  status?: ('Unknown' | 'Active' | 'Archived' | 'Pending') | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** Lines of a bank statement, oldest first. */
export interface BankTransaction {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Cleared on */
  readonly clearedOnDate?: string | null | undefined;
  /** Above zero for money in, below zero for money out. */
  readonly amount?: number | null | undefined;
  /** Text on the statement. */
  readonly description?: string | null | undefined;
  /** Balance of the account after this transaction. */
  readonly balance?: number | null | undefined;
  /** Type */
  readonly transactionType?:
    | (
        | 'Unknown'
        | 'Credit'
        | 'Debit'
        | 'Int'
        | 'Div'
        | 'Fee'
        | 'SerChg'
        | 'Dep'
        | 'Atm'
        | 'Pos'
        | 'Xfer'
        | 'Check'
        | 'Payment'
        | 'Cash'
        | 'DirectDep'
        | 'DirectDebit'
        | 'RepeatPmt'
        | 'Other'
      )
    | null
    | undefined;
  /** Whether it is matched with an entry in the books. */
  readonly reconciled?: boolean | null | undefined;
  /** Id of the bank account; the same as in the path. */
  accountId?: string | null | undefined;
  /** Oldest first; the last balance becomes that of the account. */
  transactions?:
    | {
        /** The bank's own number of the transaction, unique in the account. */
        id?: string | null | undefined;
        /** Day on which the bank booked it. */
        date?: string | null | undefined;
        /** Above zero for money in, below zero for money out. */
        amount?: number | null | undefined;
        /** Text on the statement. */
        description?: string | null | undefined;
        /** Balance of the account after this transaction. */
        balance?: number | null | undefined;
        /** Type */
        transactionType?:
          | (
              | 'Unknown'
              | 'Credit'
              | 'Debit'
              | 'Int'
              | 'Div'
              | 'Fee'
              | 'SerChg'
              | 'Dep'
              | 'Atm'
              | 'Pos'
              | 'Xfer'
              | 'Check'
              | 'Payment'
              | 'Cash'
              | 'DirectDep'
              | 'DirectDebit'
              | 'RepeatPmt'
              | 'Other'
            )
          | null
          | undefined;
        /** Whether it is matched with an entry in the books. */
        readonly reconciled?: boolean | null | undefined;
        /** Whom the money came from or went to. */
        counterparty?: string | null | undefined;
        /** Reference */
        reference?: string | null | undefined;
      }[]
    | null
    | undefined;
}

/** A document by which a supplier gives the company credit for something bought. */
export interface BillCreditNote {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** The supplier's number of the document. */
  billCreditNoteNumber?: string | null | undefined;
  /** Reference to a record in suppliers. */
  supplierRef?:
    | {
        /** Id of the record in suppliers. */
        id: string;
        /** Name of the record that is referred to. */
        readonly supplierName?: string | null | undefined;
      }
    | null
    | undefined;
  /** Taxes that the payer keeps back. */
  withholdingTax?:
    | {
        /** Name of the tax. */
        name: string;
        /** Amount withheld. */
        amount: number;
      }[]
    | null
    | undefined;
  /** With tax. */
  totalAmount?: number | null | undefined;
  /** Total discount */
  totalDiscount?: number | null | undefined;
  /** Sum of the lines after discount, before tax. */
  subTotal?: number | null | undefined;
  /** Total tax */
  totalTaxAmount?: number | null | undefined;
  /** 5 means 5 percent. */
  discountPercentage?: number | null | undefined;
  /** What has not been set against another document yet. */
  remainingCredit?: number | null | undefined;
  /** A draft has no effect on the ledger; a submitted credit note has. */
  status?: ('Unknown' | 'Draft' | 'Submitted' | 'Paid' | 'Void' | 'PartiallyPaid') | null | undefined;
  /** Date of the document. */
  issueDate?: string | null | undefined;
  /** When the last of it was set against another document. */
  allocatedOnDate?: string | null | undefined;
  /** Currency of all amounts on the document. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** Payments set against this document. */
  paymentAllocations?:
    | {
        /** The payment. */
        payment: {
          /** Id of the payment. */
          id?: string | null | undefined;
          /** Note */
          note?: string | null | undefined;
          /** Reference */
          reference?: string | null | undefined;
          /** The account that the money moved on. */
          accountRef?:
            | {
                /** Id of the record in chartOfAccounts. */
                id?: string | null | undefined;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }
            | null
            | undefined;
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Paid on */
          paidOnDate?: string | null | undefined;
          /** Amount of the payment. */
          totalAmount?: number | null | undefined;
        };
        /** The part of it that counts here. */
        allocation: {
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Allocated on */
          allocatedOnDate?: string | null | undefined;
          /** How much of the payment goes to this document. */
          totalAmount?: number | null | undefined;
        };
      }[]
    | null
    | undefined;
  /** Note */
  note?: string | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
  /** What is credited. */
  lineItems?:
    | {
        /** What was bought or sold. */
        description?: string | null | undefined;
        /** Price of one unit, before discount and tax. */
        unitAmount?: number | null | undefined;
        /** How many units. */
        quantity?: number | null | undefined;
        /** Taken off the line before tax. */
        discountAmount?: number | null | undefined;
        /** After discount, before tax. */
        subTotal?: number | null | undefined;
        /** Tax amount */
        taxAmount?: number | null | undefined;
        /** After discount, with tax. */
        totalAmount?: number | null | undefined;
        /** 5 means 5 percent. */
        discountPercentage?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in items. */
        itemRef?:
          | {
              /** Id of the record in items. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Superseded by tracking, and still accepted. */
        trackingCategoryRefs?:
          | {
              /** Id of the record in trackingCategories. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }[]
          | null
          | undefined;
        /** Such as kg or hours. */
        unitOfMeasurement?: string | null | undefined;
        /** Line of the bill that this line credits. */
        createdFromLineRef?:
          | {
              /** Id of the document. */
              id?: string | null | undefined;
              /** Data type */
              dataType?: ('purchaseOrders' | 'bills') | null | undefined;
              /** Line number */
              lineNumber?: string | null | undefined;
            }
          | null
          | undefined;
        /** What the line counts towards, and whom it is billed to. */
        tracking?:
          | {
              /** Tracking categories of the line. */
              categoryRefs: {
                /** Id of the record in trackingCategories. */
                id: string;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }[];
              /** Reference to a record in customers. */
              customerRef?:
                | {
                    /** Id of the record in customers. */
                    id: string;
                    /** Name of the record that is referred to. */
                    readonly companyName?: string | null | undefined;
                  }
                | null
                | undefined;
              /** Project that the line belongs to. */
              projectRef?:
                | {
                    /** Id of the project. */
                    id: string;
                    /** Name of the project. */
                    readonly name?: string | null | undefined;
                  }
                | null
                | undefined;
              /** Billed to */
              isBilledTo: 'Unknown' | 'NotApplicable' | 'Customer' | 'Project';
              /** Rebilled to */
              isRebilledTo: 'Unknown' | 'NotApplicable' | 'Customer' | 'Project';
            }
          | null
          | undefined;
      }[]
    | null
    | undefined;
  /** Bills that the credit is given for. */
  createdFromRefs?:
    | {
        /** Id of the record. */
        id?: string | null | undefined;
        /** Data type of the record. */
        dataType?: string | null | undefined;
      }[]
    | null
    | undefined;
}

/** Money that the company paid a supplier, and the bills that it settles. */
export interface BillPayment {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Reference to a record in suppliers. */
  supplierRef?:
    | {
        /** Id of the record in suppliers. */
        id: string;
        /** Name of the record that is referred to. */
        readonly supplierName?: string | null | undefined;
      }
    | null
    | undefined;
  /** The account that the money was paid from. */
  accountRef?:
    | {
        /** Id of the record in chartOfAccounts. */
        id?: string | null | undefined;
        /** Name of the record that is referred to. */
        readonly name?: string | null | undefined;
      }
    | null
    | undefined;
  /** How the money moved. */
  paymentMethodRef?:
    | {
        /** Id of the payment method. */
        id: string;
        /** Name */
        name?: string | null | undefined;
      }
    | null
    | undefined;
  /** Sum of the lines; 0 where credit is only set against other documents. */
  totalAmount?: number | null | undefined;
  /** Currency of all amounts of the payment. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** Day on which the money moved. */
  date?: string | null | undefined;
  /** Note */
  note?: string | null | undefined;
  /** Parts of the payment and what each of them settles. */
  lines?:
    | {
        /** What its links take off other documents, less the credit that they use. */
        amount?: number | null | undefined;
        /** Documents that this part of the payment settles. */
        links?:
          | {
              /** What is linked to. */
              type?:
                | (
                    | 'Unknown'
                    | 'Unlinked'
                    | 'Bill'
                    | 'Other'
                    | 'CreditNote'
                    | 'BillPayment'
                    | 'PaymentOnAccount'
                    | 'Refund'
                    | 'ManualJournal'
                    | 'Discount'
                  )
                | null
                | undefined;
              /** Id of the record that is linked to. */
              id?: string | null | undefined;
              /** Below zero where it lowers what is owed, above zero where it uses up credit. */
              amount?: number | null | undefined;
              /** Units of the base currency for one unit of the currency of the document. */
              currencyRate?: number | null | undefined;
            }[]
          | null
          | undefined;
        /** When the payment was set against the documents. */
        allocatedOnDate?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Such as the text on the bank statement. */
  reference?: string | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** A document by which a supplier asks the company for payment. */
export interface Bill {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** The supplier's number of the document. */
  reference?: string | null | undefined;
  /** Reference to a record in suppliers. */
  supplierRef?:
    | {
        /** Id of the record in suppliers. */
        id: string;
        /** Name of the record that is referred to. */
        readonly supplierName?: string | null | undefined;
      }
    | null
    | undefined;
  /** Orders that the bill fulfils. */
  purchaseOrderRefs?:
    | {
        /** Id of the purchase order. */
        id?: string | null | undefined;
        /** Number of the purchase order. */
        purchaseOrderNumber?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Date of the document. */
  issueDate?: string | null | undefined;
  /** Date by which it is to be paid. */
  dueDate?: string | null | undefined;
  /** Currency of all amounts on the document. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** What was bought. */
  lineItems?:
    | {
        /** Line number */
        lineNumber?: string | null | undefined;
        /** What was bought or sold. */
        description?: string | null | undefined;
        /** Price of one unit, before discount and tax. */
        unitAmount?: number | null | undefined;
        /** How many units. */
        quantity?: number | null | undefined;
        /** Taken off the line before tax. */
        discountAmount?: number | null | undefined;
        /** After discount, before tax. */
        subTotal?: number | null | undefined;
        /** Tax amount */
        taxAmount?: number | null | undefined;
        /** After discount, with tax. */
        totalAmount?: number | null | undefined;
        /** 5 means 5 percent. */
        discountPercentage?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in items. */
        itemRef?:
          | {
              /** Id of the record in items. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Superseded by tracking, and still accepted. */
        trackingCategoryRefs?:
          | {
              /** Id of the record in trackingCategories. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }[]
          | null
          | undefined;
        /** Such as kg or hours. */
        unitOfMeasurement?: string | null | undefined;
        /** Line of the order that this line fulfils. */
        purchaseOrderLineRef?:
          | {
              /** Id of the document. */
              id?: string | null | undefined;
              /** Data type */
              dataType?: ('purchaseOrders' | 'bills') | null | undefined;
              /** Line number */
              lineNumber?: string | null | undefined;
            }
          | null
          | undefined;
        /** What the line counts towards, and whom it is billed to. */
        tracking?:
          | {
              /** Tracking categories of the line. */
              categoryRefs: {
                /** Id of the record in trackingCategories. */
                id: string;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }[];
              /** Reference to a record in customers. */
              customerRef?:
                | {
                    /** Id of the record in customers. */
                    id: string;
                    /** Name of the record that is referred to. */
                    readonly companyName?: string | null | undefined;
                  }
                | null
                | undefined;
              /** Project that the line belongs to. */
              projectRef?:
                | {
                    /** Id of the project. */
                    id: string;
                    /** Name of the project. */
                    readonly name?: string | null | undefined;
                  }
                | null
                | undefined;
              /** Billed to */
              isBilledTo: 'Unknown' | 'NotApplicable' | 'Customer' | 'Project';
              /** Rebilled to */
              isRebilledTo: 'Unknown' | 'NotApplicable' | 'Customer' | 'Project';
            }
          | null
          | undefined;
        /** Whether the line was paid on the spot. */
        isDirectCost?: boolean | null | undefined;
      }[]
    | null
    | undefined;
  /** Taxes that the payer keeps back. */
  withholdingTax?:
    | {
        /** Name of the tax. */
        name: string;
        /** Amount withheld. */
        amount: number;
      }[]
    | null
    | undefined;
  /** A draft has no effect on the ledger; an open bill has. */
  status?: ('Unknown' | 'Open' | 'PartiallyPaid' | 'Paid' | 'Void' | 'Draft') | null | undefined;
  /** Sum of the lines after discount, before tax. */
  subTotal?: number | null | undefined;
  /** Tax */
  taxAmount?: number | null | undefined;
  /** With tax. */
  totalAmount?: number | null | undefined;
  /** Total less payments and credits. */
  amountDue?: number | null | undefined;
  /** Note */
  note?: string | null | undefined;
  /** Payments set against this document. */
  paymentAllocations?:
    | {
        /** The payment. */
        payment: {
          /** Id of the payment. */
          id?: string | null | undefined;
          /** Note */
          note?: string | null | undefined;
          /** Reference */
          reference?: string | null | undefined;
          /** The account that the money moved on. */
          accountRef?:
            | {
                /** Id of the record in chartOfAccounts. */
                id?: string | null | undefined;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }
            | null
            | undefined;
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Paid on */
          paidOnDate?: string | null | undefined;
          /** Amount of the payment. */
          totalAmount?: number | null | undefined;
        };
        /** The part of it that counts here. */
        allocation: {
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Allocated on */
          allocatedOnDate?: string | null | undefined;
          /** How much of the payment goes to this document. */
          totalAmount?: number | null | undefined;
        };
      }[]
    | null
    | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** An account in the chart of accounts, to which transactions are posted. */
export interface Account {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** The code by which bookkeepers know the account. */
  nominalCode?: string | null | undefined;
  /** Name of the account. */
  name?: string | null | undefined;
  /** Description */
  description?: string | null | undefined;
  /** Head and category of the account, such as Asset.Current. */
  fullyQualifiedCategory?: string | null | undefined;
  /** Name with those of the accounts above it. */
  fullyQualifiedName?: string | null | undefined;
  /** Currency that the account is kept in. */
  currency?: string | null | undefined;
  /** Computed by the platform. */
  readonly currentBalance?: number | null | undefined;
  /** Head of the chart that the account stands under. */
  type?: ('Unknown' | 'Asset' | 'Expense' | 'Income' | 'Liability' | 'Equity') | null | undefined;
  /** Whether new transactions may use the account. */
  status?: ('Unknown' | 'Active' | 'Archived' | 'Pending') | null | undefined;
  /** Whether the account stands for one at a bank. */
  isBankAccount?: boolean | null | undefined;
  /** Which references of other data types this account may stand in. */
  readonly validDatatypeLinks?:
    | {
        /** Property */
        property?: string | null | undefined;
        /** Links */
        links?: string[] | null | undefined;
      }[]
    | null
    | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** A document by which the company gives a customer credit for something sold. */
export interface CreditNote {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** The number that the customer sees. */
  creditNoteNumber?: string | null | undefined;
  /** Reference to a record in customers. */
  customerRef?:
    | {
        /** Id of the record in customers. */
        id: string;
        /** Name of the record that is referred to. */
        readonly companyName?: string | null | undefined;
      }
    | null
    | undefined;
  /** Taxes that the payer keeps back. */
  withholdingTax?:
    | {
        /** Name of the tax. */
        name: string;
        /** Amount withheld. */
        amount: number;
      }[]
    | null
    | undefined;
  /** With tax. */
  totalAmount?: number | null | undefined;
  /** Total discount */
  totalDiscount?: number | null | undefined;
  /** Sum of the lines after discount, before tax. */
  subTotal?: number | null | undefined;
  /** Total tax */
  totalTaxAmount?: number | null | undefined;
  /** 5 means 5 percent. */
  discountPercentage?: number | null | undefined;
  /** What has not been set against another document yet. */
  remainingCredit?: number | null | undefined;
  /** A draft has no effect on the ledger; a submitted credit note has. */
  status?: ('Unknown' | 'Draft' | 'Submitted' | 'Paid' | 'Void' | 'PartiallyPaid') | null | undefined;
  /** Date of the document. */
  issueDate?: string | null | undefined;
  /** When the last of it was set against another document. */
  allocatedOnDate?: string | null | undefined;
  /** Currency of all amounts on the document. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** Payments set against this document. */
  paymentAllocations?:
    | {
        /** The payment. */
        payment: {
          /** Id of the payment. */
          id?: string | null | undefined;
          /** Note */
          note?: string | null | undefined;
          /** Reference */
          reference?: string | null | undefined;
          /** The account that the money moved on. */
          accountRef?:
            | {
                /** Id of the record in chartOfAccounts. */
                id?: string | null | undefined;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }
            | null
            | undefined;
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Paid on */
          paidOnDate?: string | null | undefined;
          /** Amount of the payment. */
          totalAmount?: number | null | undefined;
        };
        /** The part of it that counts here. */
        allocation: {
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Allocated on */
          allocatedOnDate?: string | null | undefined;
          /** How much of the payment goes to this document. */
          totalAmount?: number | null | undefined;
        };
      }[]
    | null
    | undefined;
  /** Note */
  note?: string | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
  /** Tax beyond that of the lines. */
  additionalTaxAmount?: number | null | undefined;
  /** Additional tax percentage */
  additionalTaxPercentage?: number | null | undefined;
  /** What is credited. */
  lineItems?:
    | {
        /** What was bought or sold. */
        description?: string | null | undefined;
        /** Price of one unit, before discount and tax. */
        unitAmount?: number | null | undefined;
        /** How many units. */
        quantity?: number | null | undefined;
        /** Taken off the line before tax. */
        discountAmount?: number | null | undefined;
        /** After discount, before tax. */
        subTotal?: number | null | undefined;
        /** Tax amount */
        taxAmount?: number | null | undefined;
        /** After discount, with tax. */
        totalAmount?: number | null | undefined;
        /** 5 means 5 percent. */
        discountPercentage?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in items. */
        itemRef?:
          | {
              /** Id of the record in items. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Superseded by tracking, and still accepted. */
        trackingCategoryRefs?:
          | {
              /** Id of the record in trackingCategories. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }[]
          | null
          | undefined;
        /** What the line counts towards, and whom it is billed to. */
        tracking?:
          | {
              /** Tracking categories of the line. */
              categoryRefs: {
                /** Id of the record in trackingCategories. */
                id: string;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }[];
              /** Reference to a record in customers. */
              customerRef?:
                | {
                    /** Id of the record in customers. */
                    id: string;
                    /** Name of the record that is referred to. */
                    readonly companyName?: string | null | undefined;
                  }
                | null
                | undefined;
              /** Project that the line belongs to. */
              projectRef?:
                | {
                    /** Id of the project. */
                    id: string;
                    /** Name of the project. */
                    readonly name?: string | null | undefined;
                  }
                | null
                | undefined;
              /** Billed to */
              isBilledTo: 'Unknown' | 'NotApplicable' | 'Project';
              /** Rebilled to */
              isRebilledTo: 'Unknown' | 'NotApplicable' | 'Project';
              /** Record that the line stems from. */
              recordRef?:
                | {
                    /** Id of the record. */
                    id?: string | null | undefined;
                    /** Data type of the record. */
                    dataType?: string | null | undefined;
                  }
                | null
                | undefined;
            }
          | null
          | undefined;
        /** Whether the line was paid on the spot. */
        isDirectIncome?: boolean | null | undefined;
      }[]
    | null
    | undefined;
}

/** A person or business that buys from the company. */
export interface Customer {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Name that documents are addressed to. */
  customerName?: string | null | undefined;
  /** Name of the main contact. */
  contactName?: string | null | undefined;
  /** E-mail address */
  emailAddress?: string | null | undefined;
  /** Currency of new documents for this customer. */
  defaultCurrency?: string | null | undefined;
  /** Phone */
  phone?: string | null | undefined;
  /** Where the company receives bills and goods. */
  addresses?:
    | {
        /** Type */
        type: 'Unknown' | 'Billing' | 'Delivery';
        /** Line 1 */
        line1?: string | null | undefined;
        /** Line 2 */
        line2?: string | null | undefined;
        /** City */
        city?: string | null | undefined;
        /** County, state or province. */
        region?: string | null | undefined;
        /** Country */
        country?: string | null | undefined;
        /** Postal code */
        postalCode?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Further people at the customer. */
  contacts?:
    | {
        /** Name */
        name?: string | null | undefined;
        /** E-mail address */
        email?: string | null | undefined;
        /** Phone numbers */
        phone?:
          | {
              /** Number */
              number?: string | null | undefined;
              /** Type */
              type: 'Primary' | 'Landline' | 'Mobile' | 'Fax' | 'Unknown';
            }[]
          | null
          | undefined;
        /** Address */
        address?:
          | {
              /** Type */
              type: 'Unknown' | 'Billing' | 'Delivery';
              /** Line 1 */
              line1?: string | null | undefined;
              /** Line 2 */
              line2?: string | null | undefined;
              /** City */
              city?: string | null | undefined;
              /** County, state or province. */
              region?: string | null | undefined;
              /** Country */
              country?: string | null | undefined;
              /** Postal code */
              postalCode?: string | null | undefined;
            }
          | null
          | undefined;
        /** Status */
        status?: ('Unknown' | 'Active' | 'Archived') | null | undefined;
        /** Modified */
        readonly modifiedDate?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Number in the register of companies. */
  registrationNumber?: string | null | undefined;
  /** Number under which the customer pays tax. */
  taxNumber?: string | null | undefined;
  /** Whether the customer is still traded with. */
  status?: ('Unknown' | 'Active' | 'Archived') | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** Money that the company spent without a bill, such as by card. */
export interface DirectCost {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Such as the number of a receipt. */
  reference?: string | null | undefined;
  /** Note */
  note?: string | null | undefined;
  /** Day on which the money moved. */
  issueDate?: string | null | undefined;
  /** Currency of all amounts. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** The account that was paid from. */
  paymentAllocations?:
    | {
        /** The payment. */
        payment: {
          /** Id of the payment. */
          id?: string | null | undefined;
          /** Note */
          note?: string | null | undefined;
          /** Reference */
          reference?: string | null | undefined;
          /** The account that the money moved on. */
          accountRef?:
            | {
                /** Id of the record in chartOfAccounts. */
                id?: string | null | undefined;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }
            | null
            | undefined;
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Paid on */
          paidOnDate?: string | null | undefined;
          /** Amount of the payment. */
          totalAmount?: number | null | undefined;
        };
        /** The part of it that counts here. */
        allocation: {
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Allocated on */
          allocatedOnDate?: string | null | undefined;
          /** How much of the payment goes to this document. */
          totalAmount?: number | null | undefined;
        };
      }[]
    | null
    | undefined;
  /** Sum of the lines after discount, before tax. */
  subTotal?: number | null | undefined;
  /** Tax */
  taxAmount?: number | null | undefined;
  /** With tax. */
  totalAmount?: number | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
  /** The customer or supplier concerned. */
  contactRef?:
    | {
        /** Id of the customer or supplier. */
        id: string;
        /** Data type */
        dataType?: ('suppliers' | 'customers') | null | undefined;
      }
    | null
    | undefined;
  /** What was bought. */
  lineItems?:
    | {
        /** What was bought or sold. */
        description?: string | null | undefined;
        /** Price of one unit, before discount and tax. */
        unitAmount?: number | null | undefined;
        /** How many units. */
        quantity?: number | null | undefined;
        /** Taken off the line before tax. */
        discountAmount?: number | null | undefined;
        /** After discount, before tax. */
        subTotal?: number | null | undefined;
        /** Tax amount */
        taxAmount?: number | null | undefined;
        /** After discount, with tax. */
        totalAmount?: number | null | undefined;
        /** 5 means 5 percent. */
        discountPercentage?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in items. */
        itemRef?:
          | {
              /** Id of the record in items. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Superseded by tracking, and still accepted. */
        trackingCategoryRefs?:
          | {
              /** Id of the record in trackingCategories. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }[]
          | null
          | undefined;
        /** What the line counts towards, and whom it is billed to. */
        tracking?:
          | {
              /** Customers, suppliers or tracking categories. */
              recordRefs?:
                | {
                    /** Id of the record. */
                    id?: string | null | undefined;
                    /** Data type */
                    dataType?: ('customers' | 'suppliers' | 'trackingCategories') | null | undefined;
                  }[]
                | null
                | undefined;
              /** Customer whom the cost is billed to. */
              invoiceTo?:
                | {
                    /** Id of the record. */
                    id?: string | null | undefined;
                    /** Data type of the record. */
                    dataType?: string | null | undefined;
                  }
                | null
                | undefined;
            }
          | null
          | undefined;
      }[]
    | null
    | undefined;
}

/** Money that the company took without an invoice, such as over the counter. */
export interface DirectIncome {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Such as the number of a receipt. */
  reference?: string | null | undefined;
  /** Note */
  note?: string | null | undefined;
  /** Day on which the money moved. */
  issueDate?: string | null | undefined;
  /** Currency of all amounts. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** The account that was paid into. */
  paymentAllocations?:
    | {
        /** The payment. */
        payment: {
          /** Id of the payment. */
          id?: string | null | undefined;
          /** Note */
          note?: string | null | undefined;
          /** Reference */
          reference?: string | null | undefined;
          /** The account that the money moved on. */
          accountRef?:
            | {
                /** Id of the record in chartOfAccounts. */
                id?: string | null | undefined;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }
            | null
            | undefined;
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Paid on */
          paidOnDate?: string | null | undefined;
          /** Amount of the payment. */
          totalAmount?: number | null | undefined;
        };
        /** The part of it that counts here. */
        allocation: {
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Allocated on */
          allocatedOnDate?: string | null | undefined;
          /** How much of the payment goes to this document. */
          totalAmount?: number | null | undefined;
        };
      }[]
    | null
    | undefined;
  /** Sum of the lines after discount, before tax. */
  subTotal?: number | null | undefined;
  /** Tax */
  taxAmount?: number | null | undefined;
  /** With tax. */
  totalAmount?: number | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
  /** The customer or supplier concerned. */
  contactRef?:
    | {
        /** Id of the customer or supplier. */
        id: string;
        /** Data type */
        dataType?: ('customers' | 'suppliers') | null | undefined;
      }
    | null
    | undefined;
  /** What was sold. */
  lineItems?:
    | {
        /** What was bought or sold. */
        description?: string | null | undefined;
        /** Price of one unit, before discount and tax. */
        unitAmount?: number | null | undefined;
        /** How many units. */
        quantity?: number | null | undefined;
        /** Taken off the line before tax. */
        discountAmount?: number | null | undefined;
        /** After discount, before tax. */
        subTotal?: number | null | undefined;
        /** Tax amount */
        taxAmount?: number | null | undefined;
        /** After discount, with tax. */
        totalAmount?: number | null | undefined;
        /** 5 means 5 percent. */
        discountPercentage?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in items. */
        itemRef?:
          | {
              /** Id of the record in items. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Superseded by tracking, and still accepted. */
        trackingCategoryRefs?:
          | {
              /** Id of the record in trackingCategories. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }[]
          | null
          | undefined;
      }[]
    | null
    | undefined;
}

/** A document that asks a customer for payment. */
export interface Invoice {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** The number that the customer sees. */
  invoiceNumber?: string | null | undefined;
  /** Reference to a record in customers. */
  customerRef?:
    | {
        /** Id of the record in customers. */
        id: string;
        /** Name of the record that is referred to. */
        readonly companyName?: string | null | undefined;
      }
    | null
    | undefined;
  /** Orders that the invoice fulfils. */
  salesOrderRefs?:
    | {
        /** Id of the sales order. */
        id?: string | null | undefined;
        /** Data type */
        dataType?: 'salesOrders' | null | undefined;
      }[]
    | null
    | undefined;
  /** Date of the document. */
  issueDate?: string | null | undefined;
  /** Date by which it is to be paid. */
  dueDate?: string | null | undefined;
  /** When the last of it was paid. */
  readonly paidOnDate?: string | null | undefined;
  /** Currency of all amounts on the document. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** What was sold. */
  lineItems?:
    | {
        /** What was bought or sold. */
        description?: string | null | undefined;
        /** Price of one unit, before discount and tax. */
        unitAmount?: number | null | undefined;
        /** How many units. */
        quantity?: number | null | undefined;
        /** Taken off the line before tax. */
        discountAmount?: number | null | undefined;
        /** After discount, before tax. */
        subTotal?: number | null | undefined;
        /** Tax amount */
        taxAmount?: number | null | undefined;
        /** After discount, with tax. */
        totalAmount?: number | null | undefined;
        /** 5 means 5 percent. */
        discountPercentage?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in items. */
        itemRef?:
          | {
              /** Id of the record in items. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Superseded by tracking, and still accepted. */
        trackingCategoryRefs?:
          | {
              /** Id of the record in trackingCategories. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }[]
          | null
          | undefined;
        /** What the line counts towards, and whom it is billed to. */
        tracking?:
          | {
              /** Tracking categories of the line. */
              categoryRefs: {
                /** Id of the record in trackingCategories. */
                id: string;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }[];
              /** Reference to a record in customers. */
              customerRef?:
                | {
                    /** Id of the record in customers. */
                    id: string;
                    /** Name of the record that is referred to. */
                    readonly companyName?: string | null | undefined;
                  }
                | null
                | undefined;
              /** Project that the line belongs to. */
              projectRef?:
                | {
                    /** Id of the project. */
                    id: string;
                    /** Name of the project. */
                    readonly name?: string | null | undefined;
                  }
                | null
                | undefined;
              /** Billed to */
              isBilledTo: 'Unknown' | 'NotApplicable' | 'Project';
              /** Rebilled to */
              isRebilledTo: 'Unknown' | 'NotApplicable' | 'Project';
              /** Record that the line stems from. */
              recordRef?:
                | {
                    /** Id of the record. */
                    id?: string | null | undefined;
                    /** Data type of the record. */
                    dataType?: string | null | undefined;
                  }
                | null
                | undefined;
            }
          | null
          | undefined;
        /** Whether the line was paid on the spot. */
        isDirectIncome?: boolean | null | undefined;
      }[]
    | null
    | undefined;
  /** Payments set against this document. */
  paymentAllocations?:
    | {
        /** The payment. */
        payment: {
          /** Id of the payment. */
          id?: string | null | undefined;
          /** Note */
          note?: string | null | undefined;
          /** Reference */
          reference?: string | null | undefined;
          /** The account that the money moved on. */
          accountRef?:
            | {
                /** Id of the record in chartOfAccounts. */
                id?: string | null | undefined;
                /** Name of the record that is referred to. */
                readonly name?: string | null | undefined;
              }
            | null
            | undefined;
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Paid on */
          paidOnDate?: string | null | undefined;
          /** Amount of the payment. */
          totalAmount?: number | null | undefined;
        };
        /** The part of it that counts here. */
        allocation: {
          /** Currency */
          currency?: string | null | undefined;
          /** Units of the base currency for one unit of the currency of the document. */
          currencyRate?: number | null | undefined;
          /** Allocated on */
          allocatedOnDate?: string | null | undefined;
          /** How much of the payment goes to this document. */
          totalAmount?: number | null | undefined;
        };
      }[]
    | null
    | undefined;
  /** Taxes that the payer keeps back. */
  withholdingTax?:
    | {
        /** Name of the tax. */
        name: string;
        /** Amount withheld. */
        amount: number;
      }[]
    | null
    | undefined;
  /** Total discount */
  totalDiscount?: number | null | undefined;
  /** Sum of the lines after discount, before tax. */
  subTotal?: number | null | undefined;
  /** Tax beyond that of the lines. */
  additionalTaxAmount?: number | null | undefined;
  /** Additional tax percentage */
  additionalTaxPercentage?: number | null | undefined;
  /** Total tax */
  totalTaxAmount?: number | null | undefined;
  /** With tax. */
  totalAmount?: number | null | undefined;
  /** Total less payments and credits. */
  amountDue?: number | null | undefined;
  /** 5 means 5 percent. */
  discountPercentage?: number | null | undefined;
  /** A draft has no effect on the ledger; a submitted invoice has. */
  status?: ('Unknown' | 'Draft' | 'Submitted' | 'PartiallyPaid' | 'Paid' | 'Void') | null | undefined;
  /** Text for the customer. */
  note?: string | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** A product or service that the company buys or sells. */
export interface Item {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Name of the item. */
  name?: string | null | undefined;
  /** Short code that lines may quote. */
  code?: string | null | undefined;
  /** Whether the item is still traded. */
  itemStatus?: ('Unknown' | 'Active' | 'Archived') | null | undefined;
  /** Whether stock is kept of it. */
  type?: ('Unknown' | 'Inventory' | 'NonInventory' | 'Service') | null | undefined;
  /** Whether it may stand on bills. */
  isBillItem?: boolean | null | undefined;
  /** How the item is bought. */
  billItem?:
    | {
        /** Text for a line on which the item is bought. */
        description?: string | null | undefined;
        /** Price at which it is bought. */
        unitPrice?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
      }
    | null
    | undefined;
  /** Whether it may stand on invoices. */
  isInvoiceItem?: boolean | null | undefined;
  /** How the item is sold. */
  invoiceItem?:
    | {
        /** Text for a line on which the item is sold. */
        description?: string | null | undefined;
        /** Price at which it is sold. */
        unitPrice?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
      }
    | null
    | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** Amounts moved between accounts. Debits and credits add up to the same. */
export interface JournalEntry {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** What the entry is for. */
  description?: string | null | undefined;
  /** Date on which the entry counts. */
  postedOn?: string | null | undefined;
  /** When the platform took it. */
  readonly createdOn?: string | null | undefined;
  /** When the platform last changed it. */
  readonly updatedOn?: string | null | undefined;
  /** Journal that the entry is kept in, where a platform has several. */
  journalRef?:
    | {
        /** Id of the journal. */
        id: string;
        /** Name */
        name?: string | null | undefined;
      }
    | null
    | undefined;
  /** Debits and credits. */
  journalLines?:
    | {
        /** Description */
        description?: string | null | undefined;
        /** Above zero for a debit, below zero for a credit. */
        netAmount?: number | null | undefined;
        /** The amount in the currency of the transaction. */
        transactionAmount?: number | null | undefined;
        /** Currency */
        currency?: string | null | undefined;
        /** Transaction currency */
        transactionCurrency?: string | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** What the line counts towards. */
        tracking?:
          | {
              /** Customers, suppliers or tracking categories. */
              recordRefs?:
                | {
                    /** Id of the record. */
                    id?: string | null | undefined;
                    /** Data type */
                    dataType?: ('customers' | 'suppliers' | 'trackingCategories') | null | undefined;
                  }[]
                | null
                | undefined;
            }
          | null
          | undefined;
        /** The customer or supplier concerned. */
        contactRef?:
          | {
              /** Id of the customer or supplier. */
              id: string;
              /** Data type */
              dataType?: ('customers' | 'suppliers') | null | undefined;
            }
          | null
          | undefined;
      }[]
    | null
    | undefined;
  /** Document that the entry was made for. */
  recordRef?:
    | {
        /** Id of the record. */
        id?: string | null | undefined;
        /** Data type */
        dataType?:
          | (
              | 'bankTransactions'
              | 'billCreditNotes'
              | 'billPayments'
              | 'bills'
              | 'creditNotes'
              | 'directCosts'
              | 'directIncomes'
              | 'invoices'
              | 'journalEntries'
              | 'payments'
              | 'transfers'
            )
          | null
          | undefined;
      }
    | null
    | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** A book of journal entries. An entry names it in its journal reference. */
export interface Journal {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Short code of the journal. */
  journalCode?: string | null | undefined;
  /** Name of the journal. */
  name?: string | null | undefined;
  /** What kind of entries it is for. */
  type?: string | null | undefined;
  /** Id of the journal that this one is part of. */
  parentId?: string | null | undefined;
  /** Whether other journals are part of it. */
  readonly hasChildren?: boolean | null | undefined;
  /** When the journal was begun. */
  createdOn?: string | null | undefined;
  /** Whether entries may be made in it. */
  status?: ('Unknown' | 'Active' | 'Archived') | null | undefined;
}

/** Money that a customer paid, and the invoices that it settles. */
export interface Payment {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Reference to a record in customers. */
  customerRef?:
    | {
        /** Id of the record in customers. */
        id: string;
        /** Name of the record that is referred to. */
        readonly companyName?: string | null | undefined;
      }
    | null
    | undefined;
  /** The account that the money was paid into. */
  accountRef?:
    | {
        /** Id of the record in chartOfAccounts. */
        id?: string | null | undefined;
        /** Name of the record that is referred to. */
        readonly name?: string | null | undefined;
      }
    | null
    | undefined;
  /** How the money moved. */
  paymentMethodRef?:
    | {
        /** Id of the payment method. */
        id: string;
        /** Name */
        name?: string | null | undefined;
      }
    | null
    | undefined;
  /** Sum of the lines; 0 where credit is only set against other documents. */
  totalAmount?: number | null | undefined;
  /** Currency of all amounts of the payment. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** Day on which the money moved. */
  date?: string | null | undefined;
  /** Note */
  note?: string | null | undefined;
  /** Parts of the payment and what each of them settles. */
  lines?:
    | {
        /** What its links take off other documents, less the credit that they use. */
        amount?: number | null | undefined;
        /** Documents that this part of the payment settles. */
        links?:
          | {
              /** What is linked to. */
              type?:
                | (
                    | 'Unknown'
                    | 'Unlinked'
                    | 'Invoice'
                    | 'CreditNote'
                    | 'Other'
                    | 'Refund'
                    | 'Payment'
                    | 'PaymentOnAccount'
                    | 'ManualJournal'
                    | 'Discount'
                  )
                | null
                | undefined;
              /** Id of the record that is linked to. */
              id?: string | null | undefined;
              /** Below zero where it lowers what is owed, above zero where it uses up credit. */
              amount?: number | null | undefined;
              /** Units of the base currency for one unit of the currency of the document. */
              currencyRate?: number | null | undefined;
            }[]
          | null
          | undefined;
        /** When the payment was set against the documents. */
        allocatedOnDate?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Such as the text on the bank statement. */
  reference?: string | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** A document by which the company orders from a supplier. */
export interface PurchaseOrder {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** The number that the supplier sees. */
  purchaseOrderNumber?: string | null | undefined;
  /** Date of the document. */
  issueDate?: string | null | undefined;
  /** Date by which the company means to pay. */
  paymentDueDate?: string | null | undefined;
  /** When the supplier means to deliver. */
  expectedDeliveryDate?: string | null | undefined;
  /** When the goods are wanted. */
  deliveryDate?: string | null | undefined;
  /** Text for the supplier. */
  note?: string | null | undefined;
  /** Where the goods are to go. */
  shipTo?:
    | {
        /** Who takes delivery. */
        contact?:
          | {
              /** Name */
              name?: string | null | undefined;
              /** E-mail address */
              email?: string | null | undefined;
              /** Phone */
              phone?: string | null | undefined;
            }
          | null
          | undefined;
        /** Address */
        address?:
          | {
              /** Type */
              type: 'Unknown' | 'Billing' | 'Delivery';
              /** Line 1 */
              line1?: string | null | undefined;
              /** Line 2 */
              line2?: string | null | undefined;
              /** City */
              city?: string | null | undefined;
              /** County, state or province. */
              region?: string | null | undefined;
              /** Country */
              country?: string | null | undefined;
              /** Postal code */
              postalCode?: string | null | undefined;
            }
          | null
          | undefined;
      }
    | null
    | undefined;
  /** Reference to a record in suppliers. */
  supplierRef?:
    | {
        /** Id of the record in suppliers. */
        id: string;
        /** Name of the record that is referred to. */
        readonly supplierName?: string | null | undefined;
      }
    | null
    | undefined;
  /** An open order has gone to the supplier. */
  status?: ('Unknown' | 'Draft' | 'Open' | 'Closed' | 'Void') | null | undefined;
  /** Currency of all amounts on the document. */
  currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  currencyRate?: number | null | undefined;
  /** What is ordered. */
  lineItems?:
    | {
        /** Line number */
        lineNumber?: string | null | undefined;
        /** What was bought or sold. */
        description?: string | null | undefined;
        /** Price of one unit, before discount and tax. */
        unitAmount?: number | null | undefined;
        /** How many units. */
        quantity?: number | null | undefined;
        /** Taken off the line before tax. */
        discountAmount?: number | null | undefined;
        /** After discount, before tax. */
        subTotal?: number | null | undefined;
        /** Tax amount */
        taxAmount?: number | null | undefined;
        /** After discount, with tax. */
        totalAmount?: number | null | undefined;
        /** 5 means 5 percent. */
        discountPercentage?: number | null | undefined;
        /** Reference to a record in chartOfAccounts. */
        accountRef?:
          | {
              /** Id of the record in chartOfAccounts. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in taxRates. */
        taxRateRef?:
          | {
              /** Id of the record in taxRates. */
              id?: string | null | undefined;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
              /** In percent; filled on reading. */
              readonly effectiveTaxRate?: number | null | undefined;
            }
          | null
          | undefined;
        /** Reference to a record in items. */
        itemRef?:
          | {
              /** Id of the record in items. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }
          | null
          | undefined;
        /** Superseded by tracking, and still accepted. */
        trackingCategoryRefs?:
          | {
              /** Id of the record in trackingCategories. */
              id: string;
              /** Name of the record that is referred to. */
              readonly name?: string | null | undefined;
            }[]
          | null
          | undefined;
        /** Such as kg or hours. */
        unitOfMeasurement?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Total discount */
  totalDiscount?: number | null | undefined;
  /** Sum of the lines after discount, before tax. */
  subTotal?: number | null | undefined;
  /** Total tax */
  totalTaxAmount?: number | null | undefined;
  /** With tax. */
  totalAmount?: number | null | undefined;
}

/** A person or business that the company buys from. */
export interface Supplier {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Name that documents come from. */
  supplierName?: string | null | undefined;
  /** Name of the main contact. */
  contactName?: string | null | undefined;
  /** E-mail address */
  emailAddress?: string | null | undefined;
  /** Phone */
  phone?: string | null | undefined;
  /** Where the company receives bills and goods. */
  addresses?:
    | {
        /** Type */
        type: 'Unknown' | 'Billing' | 'Delivery';
        /** Line 1 */
        line1?: string | null | undefined;
        /** Line 2 */
        line2?: string | null | undefined;
        /** City */
        city?: string | null | undefined;
        /** County, state or province. */
        region?: string | null | undefined;
        /** Country */
        country?: string | null | undefined;
        /** Postal code */
        postalCode?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Number in the register of companies. */
  registrationNumber?: string | null | undefined;
  /** Number under which the supplier pays tax. */
  taxNumber?: string | null | undefined;
  /** Whether the supplier is still traded with. */
  status?: ('Unknown' | 'Active' | 'Archived') | null | undefined;
  /** Currency of new documents from this supplier. */
  defaultCurrency?: string | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

/** Money moved from one account of the company to another. */
export interface Transfer {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** What the transfer is for. */
  description?: string | null | undefined;
  /** The customer or supplier concerned. */
  contactRef?:
    | {
        /** Id of the customer or supplier. */
        id: string;
        /** Data type */
        dataType?: ('customers' | 'suppliers') | null | undefined;
      }
    | null
    | undefined;
  /** Day on which the money moved. */
  date?: string | null | undefined;
  /** The account that the money left. */
  from?:
    | {
        /** A bank account, or an account of the chart. */
        accountRef?:
          | {
              /** Id of the account or bank account. */
              id?: string | null | undefined;
              /** Data type */
              dataType?: ('bankAccounts' | 'accounts') | null | undefined;
            }
          | null
          | undefined;
        /** Currency of the amount. */
        currency?: string | null | undefined;
        /** Above zero. */
        amount?: number | null | undefined;
      }
    | null
    | undefined;
  /** The account that the money went to. */
  to?:
    | {
        /** A bank account, or an account of the chart. */
        accountRef?:
          | {
              /** Id of the account or bank account. */
              id?: string | null | undefined;
              /** Data type */
              dataType?: ('bankAccounts' | 'accounts') | null | undefined;
            }
          | null
          | undefined;
        /** Currency of the amount. */
        currency?: string | null | undefined;
        /** Above zero. */
        amount?: number | null | undefined;
      }
    | null
    | undefined;
  /** Status */
  status?: ('Unknown' | 'Unreconciled' | 'Reconciled' | 'Void') | null | undefined;
  /** Superseded by tracking, and still accepted. */
  trackingCategoryRefs?:
    | {
        /** Id of the record in trackingCategories. */
        id: string;
        /** Name of the record that is referred to. */
        readonly name?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Payments that were held back and go to the bank together. */
  depositedRecordRefs?:
    | {
        /** Id of the record. */
        id?: string | null | undefined;
        /** Data type of the record. */
        dataType?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

export interface AccountTransaction {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Id of the record that moved the money. */
  readonly transactionId?: string | null | undefined;
  /** Note */
  readonly note?: string | null | undefined;
  /** The account that the money moved on. */
  readonly bankAccountRef?:
    | {
        /** Id of the record in chartOfAccounts. */
        id?: string | null | undefined;
        /** Name of the record that is referred to. */
        readonly name?: string | null | undefined;
      }
    | null
    | undefined;
  /** Date */
  readonly date?: string | null | undefined;
  /** Status */
  readonly status?: ('Unknown' | 'Unreconciled' | 'Reconciled' | 'Void') | null | undefined;
  /** Currency */
  readonly currency?: string | null | undefined;
  /** Units of the base currency for one unit of the currency of the document. */
  readonly currencyRate?: number | null | undefined;
  /** What the money was for. */
  readonly lines?:
    | {
        /** Description */
        description?: string | null | undefined;
        /** What caused the line. */
        recordRef?:
          | {
              /** Id of the record. */
              id?: string | null | undefined;
              /** Data type of the record. */
              dataType?: string | null | undefined;
            }
          | null
          | undefined;
        /** Amount */
        amount?: number | null | undefined;
      }[]
    | null
    | undefined;
  /** Total amount */
  readonly totalAmount?: number | null | undefined;
}

export interface PaymentMethod {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Name */
  readonly name?: string | null | undefined;
  /** Type */
  readonly type?:
    ('Unknown' | 'Cash' | 'Check' | 'CreditCard' | 'DebitCard' | 'BankTransfer' | 'Other') | null | undefined;
  /** Status */
  readonly status?: ('Unknown' | 'Active' | 'Archived') | null | undefined;
}

export interface TaxRate {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Name */
  readonly name?: string | null | undefined;
  /** Code */
  readonly code?: string | null | undefined;
  /** In percent, of the amount before tax. */
  readonly effectiveTaxRate?: number | null | undefined;
  /** The sum of its components, in percent. */
  readonly totalTaxRate?: number | null | undefined;
  /** Components */
  readonly components?:
    | {
        /** Name */
        name?: string | null | undefined;
        /** In percent. */
        rate?: number | null | undefined;
        /** Whether it is charged on the tax before it too. */
        isCompound?: boolean | null | undefined;
      }[]
    | null
    | undefined;
  /** Status */
  readonly status?: ('Unknown' | 'Active' | 'Archived') | null | undefined;
  /** Where this record may be referred to. */
  readonly validDatatypeLinks?:
    | {
        /** Property */
        property?: string | null | undefined;
        /** Links */
        links?: string[] | null | undefined;
      }[]
    | null
    | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  readonly supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}

export interface TrackingCategory {
  /** Given by the platform. */
  readonly id?: string | null | undefined;
  /** When a changed version of this record was last stored. */
  readonly modifiedDate?: string | null | undefined;
  /** The platform's own stamp. */
  readonly sourceModifiedDate?: string | null | undefined;
  /** Where the platform counts versions. */
  readonly sourceVersion?: string | null | undefined;
  /** Metadata */
  readonly metadata?:
    | {
        /** The platform no longer has this record. */
        readonly isDeleted?: boolean | null | undefined;
      }
    | null
    | undefined;
  /** Name */
  readonly name?: string | null | undefined;
  /** Id of the category above. */
  readonly parentId?: string | null | undefined;
  /** Has children */
  readonly hasChildren?: boolean | null | undefined;
  /** Status */
  readonly status?: ('Unknown' | 'Active' | 'Archived') | null | undefined;
}

export interface CompanyInfo {
  /** Company name */
  readonly companyName?: string | null | undefined;
  /** Accounting platform reference */
  readonly accountingPlatformRef?: string | null | undefined;
  /** Legal name */
  readonly companyLegalName?: string | null | undefined;
  /** Where the company receives bills and goods. */
  readonly addresses?:
    | {
        /** Type */
        type: 'Unknown' | 'Billing' | 'Delivery';
        /** Line 1 */
        line1?: string | null | undefined;
        /** Line 2 */
        line2?: string | null | undefined;
        /** City */
        city?: string | null | undefined;
        /** County, state or province. */
        region?: string | null | undefined;
        /** Country */
        country?: string | null | undefined;
        /** Postal code */
        postalCode?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Phone numbers */
  readonly phoneNumbers?:
    | {
        /** Number */
        number?: string | null | undefined;
        /** Type */
        type: 'Primary' | 'Landline' | 'Mobile' | 'Fax' | 'Unknown';
      }[]
    | null
    | undefined;
  /** Web links */
  readonly webLinks?:
    | {
        /** Type */
        type?: string | null | undefined;
        /** Address */
        url?: string | null | undefined;
      }[]
    | null
    | undefined;
  /** Ledger lock date */
  readonly ledgerLockDate?: string | null | undefined;
  /** Registration number */
  readonly registrationNumber?: string | null | undefined;
  /** Tax number */
  readonly taxNumber?: string | null | undefined;
  /** Start of the financial year */
  readonly financialYearStartDate?: string | null | undefined;
  /** Base currency */
  readonly baseCurrency?: string | null | undefined;
  /** Source addresses */
  readonly sourceUrls?: Record<string, unknown> | null | undefined;
  /** Created */
  readonly createdDate?: string | null | undefined;
  /** Values outside the data model, as the integration's configuration maps them. */
  readonly supplementalData?:
    | {
        /** Objects and their values by the names that the supplemental data configuration gives them. */
        content?: Record<string, unknown> | null | undefined;
      }
    | null
    | undefined;
}
